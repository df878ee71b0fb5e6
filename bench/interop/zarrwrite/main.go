// Command zarrwrite writes a Zarr group for zarr_check.py, which reads it with
// another implementation: zarrwrite DIR VERSION.
//
// Element i of an array, in C order, is i for integers, i/4 for floats,
// i/4 - (i/2)j for complex numbers and i % 3 == 0 for bools.
package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"strconv"

	"gabion/block"
	"gabion/dtype"
	"gabion/io/codec"
	"gabion/io/zarr"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: zarrwrite DIR VERSION")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(dir, version string) error {
	format, err := strconv.Atoi(version)
	if err != nil {
		return err
	}
	g, err := zarr.CreateGroup(dir, block.Attributes{"title": "written by Gabion", "numbers": []int64{1, 2}}, zarr.Version(format))
	if err != nil {
		return err
	}
	transposed := []codec.Spec{codec.Transpose(1, 0), codec.Zstd(3), codec.CRC32C()}
	if format == 2 {
		transposed = []codec.Spec{codec.Transpose(1, 0), codec.Zlib(3)} // one compressor at most
	}
	for _, d := range dtype.All() {
		for name, opts := range map[string][]zarr.Option{
			"zstd":       {zarr.Chunks(3, 4)},
			"plain":      {zarr.Chunks(3, 4), zarr.Codecs()},
			"big_gzip":   {zarr.Chunks(5, 3), zarr.Codecs(codec.Bytes("big"), codec.Gzip(5))},
			"transposed": {zarr.Chunks(2, 5), zarr.Codecs(transposed...), zarr.Separator("/")},
		} {
			if err := save(g.Create(d.String()+"_"+name, opts...), d, block.Shape{5, 7}); err != nil {
				return err
			}
		}
	}
	for name, shape := range map[string]block.Shape{"scalar": {}, "empty": {0, 3}, "large": {600, 700}} {
		if err := save(g.Create(name), dtype.Int32, shape); err != nil {
			return err
		}
	}
	return save(g.Create("described", zarr.FillValue(math.NaN())), dtype.Float32, block.Shape{2, 3})
}

func save(w *zarr.Writer, d dtype.DType, shape block.Shape) error {
	ctx := context.Background()
	desc := block.Description{DType: d, Grid: block.RegularGrid(shape, shape)}
	if len(shape) == 2 {
		desc.Names = []string{"time", ""}
		desc.Attrs = block.Attributes{"units": "K", "scale": 2.0, "range": []float64{0, 1.5}}
	}
	if _, err := w.Align(desc); err != nil {
		return err
	}
	err := w.Begin(ctx, desc)
	if err == nil && shape.Elements() > 0 {
		r := block.Whole(shape)
		err = w.Write(ctx, r, values(d, shape), block.NewScratch(w.Scratch(r)))
	}
	if err == nil {
		err = w.Commit(ctx)
	}
	if err != nil {
		return fmt.Errorf("%w (abort: %v)", err, w.Abort())
	}
	return nil
}

func values(d dtype.DType, shape block.Shape) block.Block {
	n := shape.Elements()
	data := make([]byte, 0, n*d.Size())
	for i := range n {
		var s dtype.Scalar
		switch f := float64(i) / 4; d.Kind() {
		case dtype.KindBool:
			s, _ = dtype.ScalarOf(i%3 == 0)
		case dtype.KindInt:
			s, _ = dtype.ScalarOf(i)
		case dtype.KindFloat:
			s, _ = dtype.ScalarOf(f)
		default:
			s, _ = dtype.ScalarOf(complex(f, 0-2*f))
		}
		s, err := s.Convert(d)
		if err != nil {
			panic(err) // the numbers above fit
		}
		data = append(data, s.Bytes()...)
	}
	return block.Dense(d, shape, data)
}
