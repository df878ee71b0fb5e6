package blocktest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"

	"gabion/block"
	"gabion/dtype"
)

// SinkOptions says what a format does not support, and what TestSink cannot
// find out by itself. The zero value is a format that supports everything.
type SinkOptions struct {
	DTypes   []dtype.DType // the types it can store; nil means all
	NoScalar bool          // it cannot store an array of no axes
	NoEmpty  bool          // it cannot store an array of no elements
	MaxRank  int           // the most axes it can store; 0 means any number

	// Again gives a sink that replaces the array that was written last. If
	// it is nil, replacing is not tested.
	Again func() block.Sink
}

// TestSink tests a sink. make gives a sink for a place where nothing is yet,
// and open opens what is in the place that make gave last. Tests that run
// TestSink are not parallel: it watches for goroutines that are left behind.
//
// Arrays of several types and shapes are written in random order by several
// goroutines, from strided blocks among others, with exactly the scratch that
// the sink said it needs, and come back bit for bit.
func TestSink(t T, make func() block.Sink, open func() (block.Source, error), options SinkOptions) {
	t.Helper()
	before := goroutines()
	types := options.DTypes
	if types == nil {
		types = dtype.All()
	}
	for i, d := range types {
		k := &sinkKit{T: t, make: make, open: open, rand: rand.New(rand.NewPCG(7, uint64(i)))}
		for j, shape := range []block.Shape{{7, 5}, {}, {1}, {10}, {6, 5, 4}, {0}, {3, 0}} {
			if options.NoScalar && len(shape) == 0 || options.NoEmpty && shape.Elements() == 0 || options.MaxRank > 0 && len(shape) > options.MaxRank {
				continue
			}
			k.describe(d, shape, uint64(j))
			if !k.roundTrip(make()) {
				return
			}
			if i > 0 || shape.Elements() == 0 {
				continue
			}
			k.abort()
			k.refuses()
			if options.Again != nil {
				k.replace(options.Again)
			}
		}
	}
	checkGoroutines(t, before)
}

type sinkKit struct {
	T
	make  func() block.Sink
	open  func() (block.Source, error)
	rand  *rand.Rand
	d     block.Description
	data  block.Block // what is written
	align block.Grid  // what the sink asked for; its own blocks where it did not
	free  bool        // it asked for nothing
}

// describe chooses the array to write.
func (k *sinkKit) describe(d dtype.DType, shape block.Shape, seed uint64) {
	chunks := make(block.Shape, len(shape))
	for axis := range chunks {
		chunks[axis] = 3
	}
	k.d = block.Description{DType: d, Grid: block.RegularGrid(shape, chunks)}
	k.data = Random(d, shape, seed)
}

func (k *sinkKit) errorf(format string, args ...any) bool {
	k.Helper()
	k.Errorf("%v of shape %v: %s", k.d.DType, k.d.Shape(), fmt.Sprintf(format, args...))
	return false
}

// begin makes the sink ready for writes.
func (k *sinkKit) begin(sink block.Sink) bool {
	k.Helper()
	var align block.Grid
	for range 2 {
		if err := call(func() (err error) { align, err = sink.Align(k.d); return }); err != nil {
			return k.errorf("Align: %v", err)
		}
		if align != nil && !align.Shape().Equal(k.d.Shape()) {
			return k.errorf("Align gave a grid of shape %v; want nil, or a grid of the array", align.Shape())
		}
	}
	k.align, k.free = align, align == nil
	if k.free {
		k.align = k.d.Grid
	}
	if err := call(func() error { return sink.Begin(context.Background(), k.d) }); err != nil {
		return k.errorf("Begin: %v", err)
	}
	return true
}

// regions are disjoint, made of whole blocks of the alignment, and cover the
// array in a random order.
func (k *sinkKit) regions() []block.Region {
	var regions []block.Region
	box := block.Whole(make(block.Shape, len(k.align)))
	for axis, n := range k.align.Counts() {
		box.Shape[axis] = n
	}
	block.Positions(box, func(at []int) bool {
		r := k.align.Region(at)
		// Sometimes the blocks of the last axis are written two by two.
		if axis := len(at) - 1; axis >= 0 && k.rand.IntN(2) == 0 && len(regions) > 0 {
			last := &regions[len(regions)-1]
			joins := last.Stop(axis) == r.Start[axis]
			for other := range axis {
				joins = joins && last.Start[other] == r.Start[other] && last.Shape[other] == r.Shape[other]
			}
			if joins {
				last.Shape[axis] += r.Shape[axis]
				return true
			}
		}
		if !r.Empty() {
			regions = append(regions, r)
		}
		return true
	})
	k.rand.Shuffle(len(regions), func(i, j int) { regions[i], regions[j] = regions[j], regions[i] })
	return regions
}

// write writes r of data, from memory laid out by l.
func (k *sinkKit) write(ctx context.Context, sink block.Sink, r block.Region, data block.Block, l layout) error {
	src := l.newBlock(data.DType, r.Shape)
	block.Copy(src, data.Part(r))
	scratch := block.NewScratch(sink.Scratch(r))
	defer scratch.Release()
	err := call(func() error { return sink.Write(ctx, r, src, scratch) })
	if err == nil { // b is not kept: what happens to it now is of no concern to the sink
		for i := range src.Data {
			src.Data[i] = guard
		}
		return nil
	}
	return fmt.Errorf("Write(%v) from a %v block, with the %d bytes of scratch that Scratch asked for: %w", r, l, sink.Scratch(r), err)
}

// writeAll writes all of data from several goroutines.
func (k *sinkKit) writeAll(sink block.Sink, data block.Block) bool {
	k.Helper()
	regions := k.regions()
	const writers = 4
	var wg sync.WaitGroup
	failed := make(chan error, writers)
	for w := range writers {
		wg.Go(func() {
			for i := w; i < len(regions); i += writers {
				if err := k.write(context.Background(), sink, regions[i], data, layout(i)%layouts); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	wg.Wait()
	close(failed)
	if err := <-failed; err != nil {
		return k.errorf("%v", err)
	}
	return true
}

// hidden reports where something can be opened that should not be.
func (k *sinkKit) hidden(when string) bool {
	k.Helper()
	err := call(func() error { _, err := k.open(); return err })
	switch {
	case err == nil:
		return k.errorf("the array can be opened %s; want it to be visible after Commit only", when)
	case errors.As(err, new(panicError)):
		return k.errorf("opening %s: %v", when, err)
	}
	return true
}

// holds reports where what can be opened is not data.
func (k *sinkKit) holds(data block.Block, when string) bool {
	k.Helper()
	var src block.Source
	if err := call(func() (err error) { src, err = k.open(); return }); err != nil {
		return k.errorf("opening %s: %v", when, err)
	}
	got := src.Describe()
	if got.DType != k.d.DType || !got.Shape().Equal(k.d.Shape()) {
		return k.errorf("what is opened %s is %v of shape %v", when, got.DType, got.Shape())
	}
	r := block.Whole(k.d.Shape())
	kit := &sourceKit{T: k.T, src: src, d: got, want: data, rand: k.rand}
	if err := kit.readRegion(src, r, dense); err != nil {
		return k.errorf("what is opened %s is not what was written: %v", when, err)
	}
	return true
}

func (k *sinkKit) commit(sink block.Sink) bool {
	k.Helper()
	if err := call(func() error { return sink.Commit(context.Background()) }); err != nil {
		return k.errorf("Commit: %v", err)
	}
	return true
}

func (k *sinkKit) roundTrip(sink block.Sink) bool {
	k.Helper()
	return k.hidden("before Begin") && k.begin(sink) && k.hidden("after Begin") &&
		k.writeAll(sink, k.data) && k.hidden("before Commit") &&
		k.commit(sink) && k.holds(k.data, "after Commit") && k.commitAgain(sink)
}

func (k *sinkKit) commitAgain(sink block.Sink) bool {
	k.Helper()
	err := call(func() error { return sink.Commit(context.Background()) })
	if err == nil {
		return k.errorf("a second Commit without a Begin succeeded; want an error")
	}
	if errors.As(err, new(panicError)) {
		return k.errorf("a second Commit without a Begin: %v; want an error", err)
	}
	return k.holds(k.data, "after a second Commit failed")
}

// abort gives up at several moments.
func (k *sinkKit) abort() {
	k.Helper()
	abort := func(sink block.Sink, when string) {
		k.Helper()
		if err := call(sink.Abort); err != nil {
			k.errorf("Abort %s: %v", when, err)
		}
		k.hidden("after an Abort " + when)
	}
	sink := k.make()
	if _, err := sink.Align(k.d); err != nil {
		k.errorf("Align: %v", err)
		return
	}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	if err := call(func() error { return sink.Begin(cancelled, k.d) }); !errors.Is(err, context.Canceled) {
		k.errorf("Begin with a cancelled context returned %v; want an error that wraps ctx.Err()", err)
	}
	abort(sink, "of a Begin that failed")

	if sink = k.make(); k.begin(sink) {
		abort(sink, "after Begin")
	}
	if sink = k.make(); k.begin(sink) {
		regions := k.regions()
		for _, r := range regions[:(len(regions)+1)/2] {
			if err := k.write(context.Background(), sink, r, k.data, dense); err != nil {
				k.errorf("%v", err)
			}
		}
		abort(sink, "after some writes")
	}
	if sink = k.make(); k.begin(sink) && k.writeAll(sink, k.data) {
		if err := call(func() error { return sink.Commit(cancelled) }); !errors.Is(err, context.Canceled) {
			k.errorf("Commit with a cancelled context returned %v; want an error that wraps ctx.Err()", err)
		}
		abort(sink, "of a Commit that failed")
	}
}

// refuses writes what has to be refused.
func (k *sinkKit) refuses() {
	k.Helper()
	sink := k.make()
	if !k.begin(sink) {
		return
	}
	refuse := func(ctx context.Context, r block.Region, b block.Block, what string) {
		k.Helper()
		err := call(func() error { return sink.Write(ctx, r, b, block.NewScratch(1<<20)) })
		switch {
		case err == nil:
			k.errorf("Write of %s succeeded; want an error", what)
		case errors.As(err, new(panicError)):
			k.errorf("Write of %s: %v; want an error", what, err)
		}
	}
	shape := k.d.Shape()
	first := k.align.Region(make([]int, len(shape)))
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	refuse(cancelled, first, dense.newBlock(k.d.DType, first.Shape), "a block with a cancelled context")
	for axis := range shape {
		past := block.Whole(shape).Clone()
		past.Start[axis] = shape[axis]
		refuse(context.Background(), past, dense.newBlock(k.d.DType, shape), fmt.Sprintf("region %v, which lies outside,", past))
		if _, size := k.align[axis].Block(0); !k.free && size > 1 {
			part := first.Clone()
			part.Shape[axis]--
			refuse(context.Background(), part, dense.newBlock(k.d.DType, part.Shape), fmt.Sprintf("region %v, which is not made of whole blocks of the grid %v that Align asked for,", part, k.align))
		}
	}
	other := dtype.Int8
	if k.d.DType == other {
		other = dtype.Int16
	}
	refuse(context.Background(), first, dense.newBlock(other, first.Shape), fmt.Sprintf("a block of %v", other))
	if len(shape) > 0 {
		long := slices.Clone(first.Shape)
		long[0]++
		refuse(context.Background(), first, dense.newBlock(k.d.DType, long), fmt.Sprintf("a block of shape %v for region %v", long, first))
	}
	if err := call(sink.Abort); err != nil {
		k.errorf("Abort after writes that were refused: %v", err)
	}
	k.hidden("after an Abort")
}

// replace writes a second array over the first.
func (k *sinkKit) replace(again func() block.Sink) {
	k.Helper()
	if !k.roundTrip(k.make()) {
		return
	}
	second := Random(k.d.DType, k.d.Shape(), 99)
	sink := again()
	if !k.begin(sink) || !k.writeAll(sink, second) || !k.holds(k.data, "while it is being replaced") {
		return
	}
	if err := call(sink.Abort); err != nil {
		k.errorf("Abort of a replacement: %v", err)
	}
	if !k.holds(k.data, "after its replacement was aborted") {
		return
	}
	sink = again()
	if k.begin(sink) && k.writeAll(sink, second) && k.commit(sink) {
		k.holds(second, "after it was replaced")
	}
}
