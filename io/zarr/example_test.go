package zarr_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"gabion/block"
	"gabion/io/codec"
	"gabion/io/zarr"
)

// An array is stored chunk by chunk, and a part of it is read.
func Example() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "zarr")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "field.zarr")

	field, err := block.OfSlice([]float32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, block.Shape{3, 4})
	if err != nil {
		fmt.Println(err)
		return
	}
	w := zarr.Create(path, zarr.Chunks(2, -1), zarr.Codecs(codec.Zstd(1), codec.CRC32C()))
	d := block.Description{DType: field.DType, Grid: block.RegularGrid(field.Shape, field.Shape), Names: []string{"time", "x"}}
	if err := storeWhole(ctx, w, d, field); err != nil {
		fmt.Println(err, w.Abort())
		return
	}

	a, err := zarr.Open(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(a.Describe().DType, a.Describe().Grid, a.Describe().Names)
	part := make([]float32, 4)
	dst, _ := block.OfSlice(part, block.Shape{2, 2}) // the shape fits the slice
	r := block.Region{Start: []int{1, 2}, Shape: dst.Shape}
	if err := a.Read(ctx, r, dst, block.NewScratch(a.Scratch(r))); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(part)
	// Output:
	// float32 (2+1, 4) [time x]
	// [6 7 10 11]
}

func storeWhole(ctx context.Context, w *zarr.Writer, d block.Description, b block.Block) error {
	if _, err := w.Align(d); err != nil {
		return err
	}
	if err := w.Begin(ctx, d); err != nil {
		return err
	}
	r := block.Whole(b.Shape)
	if err := w.Write(ctx, r, b, block.NewScratch(w.Scratch(r))); err != nil {
		return err
	}
	return w.Commit(ctx)
}
