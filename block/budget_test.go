package block_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	. "gabion/block"
)

const kib, mib = 1 << 10, 1 << 20

func admit(t testing.TB, b *Budget, workingSet int64) *Account {
	t.Helper()
	a, err := b.Admit(context.Background(), workingSet)
	require.NoError(t, err)
	return a
}

// grantAll is a grant of everything the budget has.
func grantAll(t testing.TB, b *Budget) *Grant {
	t.Helper()
	g, ok := admit(t, b, b.Limit()).Grant(b.Limit())
	require.True(t, ok)
	return g
}

func alloc(t testing.TB, g *Grant, n int) *Buffer {
	t.Helper()
	buffer, err := g.Alloc(n)
	require.NoError(t, err)
	return buffer
}

// closeEmpty asserts that nothing is left.
func closeEmpty(t testing.TB, b *Budget) {
	t.Helper()
	require.Equal(t, b.Used(), b.Retained(), "everything left is free")
	require.NoError(t, b.Close())
	require.Zero(t, b.Used())
	require.Zero(t, b.Retained())
}

func TestClassSize(t *testing.T) {
	require.Zero(t, ClassSize(0))
	page := ClassSize(1)
	last := int64(0)
	for n := 1; n < 3*mib; n += 1 + n/997 {
		size := ClassSize(n)
		require.GreaterOrEqual(t, size, int64(n))
		require.GreaterOrEqual(t, size, last, "monotone at %d", n)
		require.Zero(t, size%page)
		require.Less(t, size-int64(n), max(page, int64(n)/8+1), "unused of %d", n)
		require.Equal(t, size, ClassSize(int(size)), "a class is its own class")
		last = size
	}
	for _, n := range []int{1 << 20, 1 << 40, 1 << 62} {
		require.EqualValues(t, n, ClassSize(n))
		require.EqualValues(t, n+n/8, ClassSize(n+1))
	}
	require.Positive(t, ClassSize(int(^uint(0)>>1)), "no overflow")
}

func TestAllocGivesAlignedMemoryOfItsOwn(t *testing.T) {
	b := NewBudget(64 * mib)
	g := grantAll(t, b)
	var buffers []*Buffer
	for i, n := range []int{0, 1, 63, 64, 65, 1000, 2048, 2049, 4096, 4097, 32 << 10, 32<<10 + 1, 100_000, mib, 2 * mib, 5 * mib, 5 * mib} {
		buffer := alloc(t, g, n)
		mem := buffer.Bytes()
		require.Len(t, mem, n)
		require.Equal(t, ClassSize(n), buffer.Size())
		if n > 0 {
			require.Zero(t, uintptr(unsafe.Pointer(&mem[0]))%64)
		}
		for j := range mem {
			mem[j] = byte(i)
		}
		buffers = append(buffers, buffer)
	}
	for i, buffer := range buffers {
		require.Equal(t, len(buffer.Bytes()), bytes.Count(buffer.Bytes(), []byte{byte(i)}))
		buffer.Free()
	}
	closeEmpty(t, b)
}

func TestFreedMemoryIsReused(t *testing.T) {
	b := NewBudget(16 * mib)
	g := grantAll(t, b)
	for _, n := range []int{100, 5000, 300_000, 3 * mib} {
		buffer := alloc(t, g, n)
		at := unsafe.SliceData(buffer.Bytes())
		buffer.Free()
		used := b.Used()
		again := alloc(t, g, n)
		require.Equal(t, at, unsafe.SliceData(again.Bytes()))
		require.Equal(t, used, b.Used(), "reuse maps nothing")
		again.Free()
	}
	closeEmpty(t, b)
}

func TestRetainedMemoryGivesWay(t *testing.T) {
	b := NewBudget(mib)
	g := grantAll(t, b)
	sizes := []int{64, 2048, 4096, 20_000, 40_000, 200_000, 1 << 19, 1 << 20}
	for round := range 4 * len(sizes) {
		n := sizes[(round*3)%len(sizes)]
		var buffers []*Buffer
		for total := int64(0); total+ClassSize(n) <= b.Limit(); total += ClassSize(n) {
			buffers = append(buffers, alloc(t, g, n)) // fills the budget with one class
		}
		require.LessOrEqual(t, b.Used(), b.Limit())
		for _, buffer := range buffers {
			buffer.Free()
		}
	}
	require.LessOrEqual(t, b.Peak(), b.Limit())
	closeEmpty(t, b)
}

// Memory that gave way went back to the system: what comes instead is new.
func TestMemoryThatGivesWayIsUnmapped(t *testing.T) {
	b := NewBudget(mib)
	g := grantAll(t, b)
	fill := func(n int) {
		var buffers []*Buffer
		for range b.Limit() / ClassSize(n) {
			buffer := alloc(t, g, n)
			for i := range buffer.Bytes() {
				buffer.Bytes()[i] = 1
			}
			buffers = append(buffers, buffer)
		}
		for _, buffer := range buffers {
			buffer.Free()
		}
	}
	for _, n := range []int{4 * kib, 20 * kib, 100 * kib} {
		fill(n)
		alloc(t, g, mib).Free() // everything else gives way
		buffer := alloc(t, g, n)
		require.Equal(t, n, bytes.Count(buffer.Bytes(), []byte{0}))
		buffer.Free()
	}
	closeEmpty(t, b)
}

// A few tiny buffers left over from many keep their pages only: what running
// tasks may hold by their bounds is there.
func TestFragmentsNeverBlockAGrant(t *testing.T) {
	b := NewBudget(mib)
	g := grantAll(t, b)
	var all, kept []*Buffer
	for range 256 {
		all = append(all, alloc(t, g, 64))
	}
	require.LessOrEqual(t, b.Used(), int64(16*kib), "tiny buffers share pages")
	held := int64(0)
	for i, buffer := range all {
		if i%64 == 0 {
			kept = append(kept, buffer)
			held += buffer.Size()
		} else {
			buffer.Free()
		}
	}
	for n := int(b.Limit() - held); n > 0; n -= int(ClassSize(1)) {
		if ClassSize(n) <= b.Limit()-held {
			alloc(t, g, n).Free()
		}
	}
	for _, buffer := range kept {
		buffer.Free()
	}
	closeEmpty(t, b)
}

func TestAllocKeepsItsBound(t *testing.T) {
	b := NewBudget(mib)
	a := admit(t, b, 64*kib)
	g, ok := a.Grant(64 * kib)
	require.True(t, ok)
	buffer := alloc(t, g, 40*kib)
	over := func() error { _, err := g.Alloc(30 * kib); return err }
	if Invariants {
		require.Panics(t, func() { _ = over() })
	} else {
		require.ErrorContains(t, over(), "bound")
	}
	require.EqualValues(t, 40*kib, g.Peak())
	require.EqualValues(t, 40*kib, a.InUse())
	_, err := g.Alloc(-1)
	require.Error(t, err)
	buffer.Free()
	alloc(t, g, 64*kib).Free()
	require.EqualValues(t, 64*kib, g.Peak())
	g.Close()
	g.Close()
	_, err = g.Alloc(1)
	require.ErrorContains(t, err, "closed")
	a.Close()
	closeEmpty(t, b)
}

func TestAdoptCountsOnce(t *testing.T) {
	b := NewBudget(mib)
	a := admit(t, b, 64*kib)
	first, _ := a.Grant(64 * kib)
	shared := alloc(t, first, 16*kib)
	first.Adopt(shared)
	require.EqualValues(t, 16*kib, first.Peak(), "its own buffer counts already")
	first.Close()
	require.Zero(t, a.InUse())

	second, _ := a.Grant(20 * kib)
	second.Adopt(shared)
	second.Adopt(shared)
	require.EqualValues(t, 16*kib, second.Peak())
	require.EqualValues(t, 16*kib, a.InUse())
	other := alloc(t, second, 4*kib)
	require.EqualValues(t, 20*kib, second.Peak())
	if Invariants {
		third, _ := a.Grant(8 * kib)
		require.Panics(t, func() { third.Adopt(shared) })
		third.Close()
	}
	shared.Free()
	other.Free()
	second.Close()
	require.Zero(t, a.InUse())
	closeEmpty(t, b)
}

// TestFreedBuffersAreNotAdopted: what a task has adopted and freed counts against
// its bound no more.
func TestFreedBuffersAreNotAdopted(t *testing.T) {
	b := NewBudget(mib)
	a := admit(t, b, 64*kib)
	first, _ := a.Grant(64 * kib)
	second, _ := a.Grant(20 * kib)
	for range 10 {
		shared := alloc(t, first, 16*kib)
		second.Adopt(shared)
		require.EqualValues(t, 32*kib, a.InUse())
		shared.Free()
		require.Zero(t, a.InUse())
	}
	first.Close()
	second.Close()
	closeEmpty(t, b)
}

// TestSetAside counts what is elsewhere as any buffer: what is kept for reuse is
// unmapped for it, and what may give way does so.
func TestSetAside(t *testing.T) {
	b := NewBudget(64 * kib)
	a := admit(t, b, 64*kib)
	g, _ := a.Grant(64 * kib)
	alloc(t, g, 48*kib).Free()
	require.EqualValues(t, 48*kib, b.Retained())
	aside, err := g.SetAside(40 * kib)
	require.NoError(t, err)
	require.Empty(t, aside.Bytes())
	require.Zero(t, b.Retained())
	require.EqualValues(t, 40*kib, b.Used())
	require.EqualValues(t, 40*kib, a.InUse())
	alloc(t, g, 24*kib).Free()

	_, err = g.SetAside(-1)
	require.Error(t, err)
	aside.Free()
	held := alloc(t, g, 32*kib)
	g.Disown(held)
	b.SetReclaim(func(int64) error { held.Free(); return nil })
	aside, err = g.SetAside(60 * kib)
	require.NoError(t, err)
	require.EqualValues(t, 60*kib, b.Used())
	aside.Free()
	g.Close()
	a.Close()
	require.NoError(t, b.Close())
}

func TestDisown(t *testing.T) {
	b := NewBudget(mib)
	a := admit(t, b, 64*kib)
	g, _ := a.Grant(32 * kib)
	own := alloc(t, g, 16*kib)
	g.Disown(own)
	g.Disown(own)
	require.Zero(t, a.InUse())
	g.Adopt(own)
	require.EqualValues(t, 16*kib, a.InUse())
	g.Disown(own)
	require.Zero(t, a.InUse())
	own.Free()
	require.Zero(t, a.InUse())
	alloc(t, g, 32*kib).Free()
	b.ResetPeak()
	require.Equal(t, b.Used(), b.Peak())
	g.Close()
	closeEmpty(t, b)
}

func TestFreeCountsOnce(t *testing.T) {
	b := NewBudget(mib)
	g := grantAll(t, b)
	buffer := alloc(t, g, 1000)
	keep := buffer.Bytes()
	keep[0] = 7
	buffer.Free()
	if Invariants {
		require.Equal(t, byte(0xDB), keep[0], "poisoned")
		require.Panics(t, buffer.Free)
		require.Panics(t, func() { buffer.Bytes() })
	} else {
		buffer.Free()
	}
	one, two := alloc(t, g, 1000), alloc(t, g, 1000)
	require.NotEqual(t, unsafe.SliceData(one.Bytes()), unsafe.SliceData(two.Bytes()), "freed once only")
	one.Free()
	two.Free()
	closeEmpty(t, b)
}

func TestCloseCountsLiveBuffers(t *testing.T) {
	b := NewBudget(mib)
	g := grantAll(t, b)
	tiny, small, large := alloc(t, g, 10), alloc(t, g, 10_000), alloc(t, g, 100_000)
	require.ErrorContains(t, b.Close(), "3 buffers")
	_, err := g.Alloc(1)
	require.ErrorContains(t, err, "closed")
	_, err = b.Admit(context.Background(), 1)
	require.ErrorContains(t, err, "closed")
	tiny.Free()
	small.Free()
	large.Free()
	require.Zero(t, b.Used(), "freed memory is unmapped at once")
	require.NoError(t, b.Close())
}

func TestReclaim(t *testing.T) {
	b := NewBudget(mib)
	a := admit(t, b, mib)
	var idle []*Buffer // alive, but no task reads them
	produce := func(n int) {
		g, ok := a.Grant(ClassSize(n))
		require.True(t, ok)
		idle = append(idle, alloc(t, g, n))
		g.Close()
	}
	for range 16 {
		produce(64 * kib)
	}
	g, ok := a.Grant(256 * kib)
	require.True(t, ok)

	_, err := g.Alloc(256 * kib)
	require.ErrorContains(t, err, "no room")
	require.Zero(t, a.InUse())

	refused := errors.New("the disk is full")
	b.SetReclaim(func(int64) error { return refused })
	_, err = g.Alloc(256 * kib)
	require.ErrorIs(t, err, refused)

	b.SetReclaim(func(int64) error { return nil })
	_, err = g.Alloc(256 * kib)
	require.ErrorContains(t, err, "freed nothing")

	b.SetReclaim(func(need int64) error {
		require.EqualValues(t, 256*kib, need)
		for ; need > 0; need -= 64 * kib {
			idle[0].Free()
			idle = idle[1:]
		}
		return nil
	})
	buffer := alloc(t, g, 256*kib)
	require.Len(t, idle, 12)
	require.Equal(t, b.Limit(), b.Used())
	buffer.Free()
	for _, buffer := range idle {
		buffer.Free()
	}
	closeEmpty(t, b)
}

func TestGrantScratch(t *testing.T) {
	b := NewBudget(mib)
	a := admit(t, b, mib)
	g, _ := a.Grant(64 * kib)
	for round := range 2 {
		s := g.Scratch(64*kib - 17)
		var takes [][]byte
		for i, n := range []int{1, 8, 0, 3, 4096, 16, 6, 12, 1, 64*kib - 4096 - 64} {
			data, err := s.Take(n)
			require.NoError(t, err)
			require.Len(t, data, n)
			if n > 0 {
				require.Zero(t, uintptr(unsafe.Pointer(&data[0]))%uintptr(min(8, n&-n)), "alignment of take %d", i)
			}
			for j := range data {
				data[j] = byte(i)
			}
			takes = append(takes, data)
		}
		for i, data := range takes {
			for _, v := range data {
				require.Equal(t, byte(i), v, "takes overlap in round %d", round)
			}
		}
		_, err := s.Take(1)
		require.ErrorContains(t, err, "scratch")
		_, err = s.Take(-1)
		require.Error(t, err)
		s.Release()
		require.Zero(t, a.InUse())
	}
	require.LessOrEqual(t, g.Peak(), int64(64*kib))
	g.Close()
	closeEmpty(t, b)
}

func BenchmarkTinyAllocFree(b *testing.B) {
	budget := NewBudget(1 << 30)
	g := grantAll(b, budget)
	for b.Loop() {
		buffer, _ := g.Alloc(64)
		buffer.Free()
	}
}

func BenchmarkTinyAllocManyLive(b *testing.B) {
	budget := NewBudget(8 << 30)
	g := grantAll(b, budget)
	live := make([]*Buffer, 1<<20)
	i := 0
	for b.Loop() {
		if old := live[i%len(live)]; old != nil {
			old.Free()
		}
		live[i%len(live)], _ = g.Alloc(64)
		i++
	}
}
