// Package blocktest helps to test formats and whatever reads and writes them.
//
// [TestSource] and [TestSink] are what every [block.Source] and [block.Sink]
// has to pass. [NewSource] and [NewSink] keep an array in memory, and
// [CountingSource] watches the reads of any source.
package blocktest

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"

	"gabion/block"
	"gabion/dtype"
)

// T is the part of testing.TB that the kits need.
type T interface {
	Helper()
	Errorf(format string, args ...any)
}

// guard fills the memory around the elements that a region covers.
const guard = 0xA5

// layout is one way to lay out the elements of a block in memory.
type layout int

const (
	dense layout = iota
	strided
	transposed
	layouts
)

func (l layout) String() string {
	return [...]string{"dense", "strided", "transposed"}[l]
}

// newBlock is a block of guard bytes with memory around it, and between its
// elements unless it is dense.
func (l layout) newBlock(d dtype.DType, shape block.Shape) block.Block {
	const margin = 3 // elements
	rank := len(shape)
	strides := make([]int, rank)
	n := 1
	for i := range rank {
		axis := rank - 1 - i
		if l == transposed {
			axis = i
		}
		if l == strided {
			n *= 2
		}
		strides[axis] = n
		n *= shape[axis]
		if l != dense {
			n++
		}
	}
	size := d.Size()
	words := make([]complex128, ((n+2*margin)*size+15)/16) // aligned for any element
	data := dtype.Bytes(words)
	for i := range data {
		data[i] = guard
	}
	return block.Block{DType: d, Shape: shape, Strides: strides, Offset: margin, Data: data}
}

// clone is b over a copy of its memory.
func clone(b block.Block) block.Block {
	words := make([]complex128, (len(b.Data)+15)/16)
	data := dtype.Bytes(words)[:len(b.Data)]
	copy(data, b.Data)
	b.Data = data
	return b
}

// compact is b's elements in C order.
func compact(b block.Block) block.Block {
	words := make([]complex128, (b.Bytes()+15)/16)
	c := block.Dense(b.DType, b.Shape, dtype.Bytes(words))
	block.Copy(c, b)
	return c
}

// difference says where the elements of got differ from those of want, and is
// empty where they do not.
func difference(got, want block.Block) string {
	g, w := compact(got), compact(want)
	size := got.DType.Size()
	for i := range g.Elements() {
		x, y := g.Data[i*size:(i+1)*size], w.Data[i*size:(i+1)*size]
		if !bytes.Equal(x, y) {
			return fmt.Sprintf("element %v of the region has the bytes % x, want % x", index(i, got.Shape), x, y)
		}
	}
	return ""
}

func index(i int, shape block.Shape) []int {
	at := make([]int, len(shape))
	for axis := len(shape) - 1; axis >= 0; axis-- {
		at[axis] = i % shape[axis]
		i /= shape[axis]
	}
	return at
}

// Random is a dense block of random elements. Floats are any bits, NaNs and
// infinities among them.
func Random(d dtype.DType, shape block.Shape, seed uint64) block.Block {
	r := rand.New(rand.NewPCG(seed, uint64(d)))
	words := make([]complex128, (shape.Elements()*d.Size()+15)/16)
	b := block.Dense(d, shape, dtype.Bytes(words))
	for i := range b.Data {
		b.Data[i] = byte(r.Uint32())
		if d == dtype.Bool {
			b.Data[i] &= 1
		}
	}
	return b
}

func randomRegion(r *rand.Rand, shape block.Shape) block.Region {
	region := block.Whole(shape).Clone()
	for axis, n := range shape {
		if n == 0 {
			continue
		}
		start := r.IntN(n)
		region.Start[axis], region.Shape[axis] = start, 1+r.IntN(n-start)
	}
	return region
}

// call runs f and turns a panic into an error.
func call(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = panicError{p}
		}
	}()
	return f()
}

type panicError struct{ value any }

func (p panicError) Error() string { return fmt.Sprintf("it panicked: %v", p.value) }

// goroutines lists those that run now, by their number.
func goroutines() map[string]string {
	buf := make([]byte, 1<<20)
	buf = buf[:runtime.Stack(buf, true)]
	all := make(map[string]string)
	for stack := range strings.SplitSeq(string(buf), "\n\n") {
		name, _, _ := strings.Cut(stack, " [")
		all[name] = stack
	}
	return all
}

// checkGoroutines reports goroutines that were not there before. One that is
// about to end is given time to.
func checkGoroutines(t T, before map[string]string) {
	t.Helper()
	var left []string
	for range 200 {
		left = left[:0]
		for name, stack := range goroutines() {
			if _, ok := before[name]; !ok {
				left = append(left, stack)
			}
		}
		if len(left) == 0 {
			return
		}
		for range 100 {
			runtime.Gosched()
		}
	}
	t.Errorf("%d goroutines are left behind; only engines start goroutines that outlive a call. The first:\n%s", len(left), left[0])
}
