package blocktest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"

	"gabion/block"
)

// TestSource tests a source whose elements are those of want. make gives a
// source that was not read yet. Tests that run TestSource are not parallel:
// it watches for goroutines that are left behind.
//
// The destinations it reads into are dense, strided and transposed, with guard
// bytes around and between the elements; scratch is exactly what the source
// said it needs.
func TestSource(t T, make func() block.Source, want block.Block) {
	t.Helper()
	before := goroutines()
	k := &sourceKit{T: t, make: make, src: make(), want: want, rand: rand.New(rand.NewPCG(1, 2))}
	if !k.describe() {
		return
	}
	k.read()
	k.cancelled()
	k.outside()
	checkGoroutines(t, before)
}

type sourceKit struct {
	T
	make func() block.Source
	src  block.Source
	d    block.Description
	want block.Block
	rand *rand.Rand
}

func (k *sourceKit) describe() bool {
	k.Helper()
	k.d = k.src.Describe()
	d, rank := k.d, len(k.d.Grid)
	for axis := range d.Grid {
		if !d.Grid[axis].Known() {
			k.Errorf("Describe: the length of axis %d is unknown; a source knows its shape", axis)
			return false
		}
	}
	switch {
	case d.DType != k.want.DType:
		k.Errorf("Describe: the type is %v, want %v", d.DType, k.want.DType)
		return false
	case !d.Shape().Equal(k.want.Shape):
		k.Errorf("Describe: the grid is of shape %v, want %v", d.Shape(), k.want.Shape)
		return false
	case d.Names != nil && len(d.Names) != rank:
		k.Errorf("Describe: %d names for %d axes; want one an axis, or nil", len(d.Names), rank)
	}
	for i, name := range d.Names {
		if name != "" && slices.Index(d.Names, name) != i {
			k.Errorf("Describe: two axes are called %q", name)
		}
	}
	for key, value := range d.Attrs {
		switch value.(type) {
		case string, bool, int64, float64, []string, []bool, []int64, []float64:
		default:
			k.Errorf("Describe: attribute %q is a %T; want string, bool, int64, float64 or a slice of one of these", key, value)
		}
	}
	for what, src := range map[string]block.Source{"a second call": k.src, "another source of the same array": k.make()} {
		e := src.Describe()
		if e.DType != d.DType || !e.Grid.Equal(d.Grid) || !slices.Equal(e.Names, d.Names) || !maps.EqualFunc(e.Attrs, d.Attrs, func(x, y any) bool { return reflect.DeepEqual(x, y) }) {
			k.Errorf("Describe: %s gives another description:\n%+v\nand first\n%+v", what, e, d)
		}
		if src.Traits() != k.src.Traits() {
			k.Errorf("Traits: %s gives %+v, first it was %+v", what, src.Traits(), k.src.Traits())
		}
	}
	if n := k.src.Traits().InFlight; n < 0 {
		k.Errorf("Traits: InFlight is %d; want 0, or how many reads may be under way", n)
	}
	return true
}

// blocks is up to 200 regions of blocks of the grid.
func (k *sourceKit) blocks() []block.Region {
	var regions []block.Region
	n := k.d.Grid.Blocks()
	for i := range min(n, 200) {
		if n > 200 {
			i = k.rand.IntN(n)
		}
		regions = append(regions, k.d.Grid.Region(k.d.Grid.Index(i)))
	}
	return regions
}

// regions is regions of any kind.
func (k *sourceKit) regions() []block.Region {
	shape := k.want.Shape
	whole := block.Whole(shape)
	regions := []block.Region{whole}
	for axis := range shape {
		none := whole.Clone()
		none.Shape[axis] = 0
		regions = append(regions, none)
		if n := shape[axis]; n > 0 {
			none := none.Clone()
			none.Start[axis] = n // an empty region may begin where the array ends
			first, last := whole.Clone(), whole.Clone()
			first.Shape[axis], last.Shape[axis], last.Start[axis] = 1, 1, n-1
			regions = append(regions, none, first, last)
		}
	}
	for range 20 {
		regions = append(regions, randomRegion(k.rand, shape))
	}
	if !whole.Empty() {
		for range 5 {
			element := block.Region{Start: make([]int, len(shape)), Shape: make(block.Shape, len(shape))}
			for axis, n := range shape {
				element.Start[axis], element.Shape[axis] = k.rand.IntN(n), 1
			}
			regions = append(regions, element)
		}
	}
	return regions
}

func (k *sourceKit) read() {
	k.Helper()
	check := func(src block.Source, regions []block.Region, l layout) bool {
		for _, r := range regions {
			if err := k.readRegion(src, r, l); err != nil {
				k.Errorf("%v", err)
				return false
			}
		}
		return true
	}
	if k.src.Traits().Once {
		for l := range layouts {
			if !check(k.make(), k.blocks(), l) {
				return
			}
		}
		return
	}
	for l := range layouts {
		if !check(k.src, k.blocks(), l) || !check(k.src, k.regions(), l) {
			return
		}
	}
	var wg sync.WaitGroup
	failed := make(chan error, 8)
	for i := range cap(failed) {
		regions := k.regions()
		wg.Go(func() {
			for j, r := range regions {
				if err := k.readRegion(k.src, r, layout(i+j)%layouts); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	wg.Wait()
	close(failed)
	if err := <-failed; err != nil {
		k.Errorf("with %d reads at once: %v", cap(failed), err)
	}
}

// readRegion says what is wrong with a read of r.
func (k *sourceKit) readRegion(src block.Source, r block.Region, l layout) error {
	want := k.want.Part(r)
	if v, ok := src.(block.Viewer); ok {
		var view block.Block
		if err := call(func() error { view = v.View(r); return nil }); err != nil {
			return fmt.Errorf("View(%v): %v", r, err)
		}
		if view.DType != want.DType || !view.Shape.Equal(want.Shape) {
			return fmt.Errorf("View(%v) is a block of %v of shape %v, want %v of shape %v", r, view.DType, view.Shape, want.DType, want.Shape)
		}
		if diff := difference(view, want); diff != "" {
			return fmt.Errorf("View(%v): %s", r, diff)
		}
		return nil
	}
	dst := l.newBlock(k.want.DType, r.Shape)
	expected := clone(dst)
	block.Copy(expected, want)

	asked := r.Clone()
	bytesOf := src.Scratch(asked)
	if bytesOf < 0 {
		return fmt.Errorf("Scratch(%v) is %d; want the number of bytes that Read takes from scratch", r, bytesOf)
	}
	scratch := block.NewScratch(bytesOf)
	given := dst
	given.Shape, given.Strides = slices.Clone(dst.Shape), slices.Clone(dst.Strides)
	err := call(func() error { return src.Read(context.Background(), asked, given, scratch) })
	scratch.Release()
	switch {
	case err != nil:
		return fmt.Errorf("Read(%v) into a %v block, with the %d bytes of scratch that Scratch asked for: %w", r, l, bytesOf, err)
	case !asked.Equal(r):
		return fmt.Errorf("Read(%v) changed the region it was given to %v", r, asked)
	case !given.Shape.Equal(dst.Shape) || !slices.Equal(given.Strides, dst.Strides):
		return fmt.Errorf("Read(%v) changed the shape or the strides of the block it was given", r)
	}
	if diff := difference(dst, want); diff != "" {
		return fmt.Errorf("Read(%v) into a %v block (strides %v, in elements): %s", r, l, dst.Strides, diff)
	}
	if !bytes.Equal(dst.Data, expected.Data) {
		return fmt.Errorf("Read(%v) into a %v block (strides %v, in elements) wrote to memory between or around the elements of the block", r, l, dst.Strides)
	}
	return nil
}

func (k *sourceKit) cancelled() {
	k.Helper()
	src := k.make()
	r := k.d.Grid.Region(k.d.Grid.Index(0))
	if _, ok := src.(block.Viewer); ok || r.Empty() {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	dst := dense.newBlock(k.want.DType, r.Shape)
	err := call(func() error { return src.Read(ctx, r, dst, block.NewScratch(src.Scratch(r))) })
	if !errors.Is(err, context.Canceled) {
		k.Errorf("Read(%v) with a cancelled context returned %v; want an error that wraps ctx.Err()", r, err)
	}
}

// outside reads what is not part of the array.
func (k *sourceKit) outside() {
	k.Helper()
	src := k.make()
	if _, ok := src.(block.Viewer); ok {
		return
	}
	shape := k.want.Shape
	regions := []block.Region{block.Whole(append(block.Shape{1}, shape...))}
	for axis := range shape {
		before, after, past := block.Whole(shape).Clone(), block.Whole(shape).Clone(), block.Whole(shape).Clone()
		before.Start[axis], before.Shape[axis] = -1, 1
		after.Start[axis], after.Shape[axis] = shape[axis], 1
		past.Shape[axis]++
		regions = append(regions, before, after, past)
	}
	for _, r := range regions {
		dst := dense.newBlock(k.want.DType, r.Shape)
		untouched := slices.Clone(dst.Data)
		err := call(func() error {
			return src.Read(context.Background(), r, dst, block.NewScratch(1<<20))
		})
		switch {
		case err == nil:
			k.Errorf("Read(%v) of an array of shape %v succeeded; want an error for a region that is not inside (Region.Within gives one)", r, shape)
		case errors.As(err, new(panicError)):
			k.Errorf("Read(%v) of an array of shape %v: %v; want an error (Region.Within gives one)", r, shape, err)
		case !r.Empty() && !bytes.Equal(dst.Data, untouched):
			k.Errorf("Read(%v) of an array of shape %v failed, as it should, but wrote to the block before", r, shape)
		}
	}
}
