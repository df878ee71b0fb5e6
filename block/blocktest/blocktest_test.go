package blocktest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/block"
	"gabion/dtype"
)

// recorder is a T that keeps what it is told.
type recorder struct{ messages []string }

func (r *recorder) Helper() {}
func (r *recorder) Errorf(format string, args ...any) {
	r.messages = append(r.messages, fmt.Sprintf(format, args...))
}

func describe(b block.Block) block.Description {
	chunks := make(block.Shape, len(b.Shape))
	for axis := range chunks {
		chunks[axis] = 2
	}
	return block.Description{DType: b.DType, Grid: block.RegularGrid(b.Shape, chunks)}
}

func TestSourcePasses(t *testing.T) {
	for _, d := range dtype.All() {
		for _, shape := range []block.Shape{{}, {0}, {1}, {5}, {3, 0}, {4, 5}, {3, 2, 4}} {
			data := Random(d, shape, 3)
			TestSource(t, func() block.Source { return NewSource(describe(data), data) }, data)
		}
	}
	data := Random(dtype.Int16, block.Shape{4, 5}, 3)
	TestSource(t, func() block.Source {
		s := NewSource(describe(data), data)
		s.Wishes.Once = true
		return s
	}, data)
	TestSource(t, func() block.Source { return Count(NewSource(describe(data), data)) }, data)
	TestSource(t, func() block.Source { return viewer{NewSource(describe(data), data)} }, data)
}

type viewer struct{ *Source }

func (v viewer) View(r block.Region) block.Block { return v.data.Part(r) }

// broken changes one thing about a good source.
type broken struct {
	*Source
	describe func(block.Description) block.Description
	scratch  int64
	read     func(ctx context.Context, r block.Region, dst block.Block, s *block.Scratch, good func(context.Context, block.Region, block.Block, *block.Scratch) error) error
}

func (b broken) Describe() block.Description {
	if b.describe != nil {
		return b.describe(b.Source.Describe())
	}
	return b.Source.Describe()
}

func (b broken) Scratch(block.Region) int64 { return b.scratch }

func (b broken) Read(ctx context.Context, r block.Region, dst block.Block, s *block.Scratch) error {
	if b.read != nil {
		return b.read(ctx, r, dst, s, b.Source.Read)
	}
	return b.Source.Read(ctx, r, dst, s)
}

func TestSourceFindsWhatIsWrong(t *testing.T) {
	type reader = func(context.Context, block.Region, block.Block, *block.Scratch) error
	stop := make(chan struct{})
	defer close(stop)
	calls := 0
	cases := map[string]struct {
		broken
		want string
	}{
		"type": {broken{describe: func(d block.Description) block.Description { d.DType = dtype.Int64; return d }}, "type is int64, want int32"},
		"shape": {broken{describe: func(d block.Description) block.Description {
			d.Grid = block.RegularGrid(block.Shape{4, 6}, block.Shape{2, 2})
			return d
		}}, "shape (4, 6), want (4, 5)"},
		"names":      {broken{describe: func(d block.Description) block.Description { d.Names = []string{"x"}; return d }}, "1 names for 2 axes"},
		"same names": {broken{describe: func(d block.Description) block.Description { d.Names = []string{"x", "x"}; return d }}, `two axes are called "x"`},
		"attributes": {broken{describe: func(d block.Description) block.Description { d.Attrs = block.Attributes{"n": 3}; return d }}, `"n" is a int`},
		"unstable": {broken{describe: func(d block.Description) block.Description {
			calls++
			d.Names = []string{"x", fmt.Sprint(calls)}
			return d
		}}, "gives another description"},
		"negative scratch": {broken{scratch: -1}, "Scratch([0:2, 0:2]) is -1"},
		"dishonest scratch": {broken{scratch: 10, read: func(ctx context.Context, r block.Region, dst block.Block, s *block.Scratch, good reader) error {
			if _, err := s.Take(11); err != nil {
				return err
			}
			return good(ctx, r, dst, s)
		}}, "11 bytes of scratch asked for"},
		"wrong element": {broken{read: func(ctx context.Context, r block.Region, dst block.Block, s *block.Scratch, good reader) error {
			err := good(ctx, r, dst, s)
			if at := 3 * 5; err == nil && r.Start[0] == 2 && at > 0 && !r.Empty() {
				dst.Data[dst.Offset*4] ^= 1
			}
			return err
		}}, "Read([2:4, 0:2]) into a dense block (strides [2 1], in elements): element [0 0] of the region"},
		"ignores strides": {broken{read: func(ctx context.Context, r block.Region, dst block.Block, s *block.Scratch, good reader) error {
			dst.Strides = dst.Shape.Strides()
			return good(ctx, r, dst, s)
		}}, "into a strided block"},
		"writes around": {broken{read: func(ctx context.Context, r block.Region, dst block.Block, s *block.Scratch, good reader) error {
			if err := good(ctx, r, dst, s); err != nil {
				return err
			}
			dst.Data[dst.Offset*4-1] = 0
			return nil
		}}, "memory between or around"},
		"whole blocks only": {broken{read: func(ctx context.Context, r block.Region, dst block.Block, s *block.Scratch, good reader) error {
			if len(r.Start) == 2 && r.Start[0]%2 != 0 {
				return errors.New("not a chunk")
			}
			return good(ctx, r, dst, s)
		}}, "not a chunk"},
		"changes the region": {broken{read: func(ctx context.Context, r block.Region, dst block.Block, s *block.Scratch, good reader) error {
			err := good(ctx, r, dst, s)
			r.Start[0]++
			return err
		}}, "changed the region"},
		"deaf to cancelling": {broken{read: func(ctx context.Context, r block.Region, dst block.Block, s *block.Scratch, good reader) error {
			return good(context.WithoutCancel(ctx), r, dst, s)
		}}, "cancelled context returned <nil>"},
		"panics outside": {broken{read: func(ctx context.Context, r block.Region, dst block.Block, s *block.Scratch, good reader) error {
			if err := good(ctx, r, dst, s); err != nil && ctx.Err() == nil {
				panic("index out of range")
			}
			return ctx.Err()
		}}, "it panicked: index out of range"},
		"fills with zeros outside": {broken{read: func(ctx context.Context, r block.Region, dst block.Block, s *block.Scratch, good reader) error {
			_ = good(ctx, r, dst, s)
			return ctx.Err()
		}}, "want an error for a region that is not inside"},
		"leaves a goroutine": {broken{read: func(ctx context.Context, r block.Region, dst block.Block, s *block.Scratch, good reader) error {
			go func() { <-stop }()
			return good(ctx, r, dst, s)
		}}, "goroutines are left behind"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			data := Random(dtype.Int32, block.Shape{4, 5}, 3)
			var r recorder
			TestSource(&r, func() block.Source {
				b := c.broken
				b.Source = NewSource(describe(data), data)
				return b
			}, data)
			require.Contains(t, strings.Join(r.messages, "\n"), c.want)
		})
	}
}

func TestSinkPasses(t *testing.T) {
	var last *Sink
	TestSink(t, func() block.Sink { last = &Sink{}; return last }, func() (block.Source, error) { return last.Open() },
		SinkOptions{Again: func() block.Sink { return last }})
	TestSink(t, func() block.Sink { last = &Sink{Chunk: 2}; return last }, func() (block.Source, error) { return last.Open() },
		SinkOptions{NoScalar: true, NoEmpty: true, MaxRank: 2, Again: func() block.Sink { return last }, DTypes: []dtype.DType{dtype.Int32}})
}

// brokenSink changes one thing about a good sink.
type brokenSink struct {
	*Sink
	align  func() (block.Grid, error)
	begin  func(*Sink, context.Context, block.Description) error
	write  func(*Sink, context.Context, block.Region, block.Block) error
	commit func(*Sink, context.Context) error
	abort  func(*Sink) error
}

func (b *brokenSink) Align(d block.Description) (block.Grid, error) {
	if b.align != nil {
		return b.align()
	}
	return b.Sink.Align(d)
}

func (b *brokenSink) Begin(ctx context.Context, d block.Description) error {
	if b.begin != nil {
		return b.begin(b.Sink, ctx, d)
	}
	return b.Sink.Begin(ctx, d)
}

func (b *brokenSink) Write(ctx context.Context, r block.Region, x block.Block, s *block.Scratch) error {
	if b.write != nil {
		return b.write(b.Sink, ctx, r, x)
	}
	return b.Sink.Write(ctx, r, x, s)
}

func (b *brokenSink) Commit(ctx context.Context) error {
	if b.commit != nil {
		return b.commit(b.Sink, ctx)
	}
	return b.Sink.Commit(ctx)
}

func (b *brokenSink) Abort() error {
	if b.abort != nil {
		return b.abort(b.Sink)
	}
	return b.Sink.Abort()
}

func TestSinkFindsWhatIsWrong(t *testing.T) {
	cases := map[string]struct {
		brokenSink
		want string
	}{
		"aligned to another shape": {brokenSink{align: func() (block.Grid, error) {
			return block.RegularGrid(block.Shape{2}, block.Shape{1}), nil
		}}, "Align gave a grid of shape (2,)"},
		"visible at Begin": {brokenSink{begin: func(s *Sink, ctx context.Context, d block.Description) error {
			err := s.Begin(ctx, d)
			s.committed = NewSource(d, s.data)
			return err
		}}, "can be opened after Begin"},
		"begins although cancelled": {brokenSink{begin: func(s *Sink, ctx context.Context, d block.Description) error {
			return s.Begin(context.WithoutCancel(ctx), d)
		}}, "Begin with a cancelled context returned <nil>"},
		"visible before Commit": {brokenSink{write: func(s *Sink, ctx context.Context, r block.Region, b block.Block) error {
			err := s.Write(ctx, r, b, nil)
			s.mu.Lock()
			defer s.mu.Unlock()
			if s.written == 35 {
				s.committed = NewSource(s.d, s.data)
			}
			return err
		}}, "can be opened before Commit"},
		"ignores strides": {brokenSink{write: func(s *Sink, ctx context.Context, r block.Region, b block.Block) error {
			b.Strides = b.Shape.Strides()
			return s.Write(ctx, r, b, nil)
		}}, "is not what was written"},
		"loses a write": {brokenSink{write: func(s *Sink, ctx context.Context, r block.Region, b block.Block) error {
			if r.Start[0] == 0 && ctx.Err() == nil && r.Within(s.data.Shape) == nil {
				s.mu.Lock()
				s.written += r.Elements()
				s.mu.Unlock()
				return nil
			}
			return s.Write(ctx, r, b, nil)
		}}, "is not what was written"},
		"writes to blocks in part": {brokenSink{write: func(s *Sink, ctx context.Context, r block.Region, b block.Block) error {
			s.mu.Lock()
			s.align = nil
			s.mu.Unlock()
			return s.Write(ctx, r, b, nil)
		}}, "not made of whole blocks"},
		"panics": {brokenSink{write: func(s *Sink, ctx context.Context, r block.Region, b block.Block) error {
			if err := r.Within(s.data.Shape); err != nil {
				panic(err)
			}
			return s.Write(ctx, r, b, nil)
		}}, "it panicked"},
		"commits twice": {brokenSink{commit: func(s *Sink, ctx context.Context) error {
			if !s.begun && ctx.Err() == nil {
				return nil
			}
			return s.Commit(ctx)
		}}, "a second Commit without a Begin succeeded"},
		"visible after Abort": {brokenSink{abort: func(s *Sink) error {
			s.committed = NewSource(s.d, s.data)
			return s.Abort()
		}}, "can be opened after an Abort"},
		"fails to abort": {brokenSink{abort: func(s *Sink) error { return errors.New("still open") }}, "Abort after Begin: still open"},
		"hides what was there": {brokenSink{begin: func(s *Sink, ctx context.Context, d block.Description) error {
			s.committed = nil
			return s.Begin(ctx, d)
		}}, "opening while it is being replaced"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var last *brokenSink
			var r recorder
			TestSink(&r, func() block.Sink {
				b := c.brokenSink
				b.Sink, last = &Sink{Chunk: 3}, &b
				return last
			}, func() (block.Source, error) { return last.Open() },
				SinkOptions{NoScalar: true, DTypes: []dtype.DType{dtype.Int32}, Again: func() block.Sink { return last }})
			require.Contains(t, strings.Join(r.messages, "\n"), c.want)
		})
	}
}

func TestCountingSource(t *testing.T) {
	data := Random(dtype.Float64, block.Shape{4, 5}, 3)
	broken := errors.New("a bad sector")
	c := Count(NewSource(describe(data), data))
	c.Before = FailOn(3, broken)
	r := block.Whole(data.Shape)
	dst := dense.newBlock(dtype.Float64, r.Shape)
	for i := range 4 {
		err := c.Read(context.Background(), r, dst, nil)
		require.Equal(t, i == 2, errors.Is(err, broken))
	}
	require.Equal(t, 4, c.Reads())
	require.EqualValues(t, 4*20*8, c.Bytes())
	require.Equal(t, map[string]int{"[0:4, 0:5]": 4}, c.ByRegion())
	require.Equal(t, 1, c.MaxInFlight())

	// Reads wait in Before until all three are there.
	c = Count(NewSource(describe(data), data))
	arrived, done := make(chan bool), make(chan error)
	release := make(chan bool)
	c.Before = func(context.Context, block.Region) error { arrived <- true; <-release; return nil }
	for range 3 {
		go func() { done <- c.Read(context.Background(), r, dense.newBlock(dtype.Float64, r.Shape), nil) }()
	}
	for range 3 {
		<-arrived
	}
	close(release)
	for range 3 {
		require.NoError(t, <-done)
	}
	require.Equal(t, 3, c.MaxInFlight())
}

func TestOnceIsReadOnce(t *testing.T) {
	data := Random(dtype.Int8, block.Shape{4}, 3)
	s := NewSource(describe(data), data)
	s.Wishes.Once = true
	read := func(start, n int) error {
		r := block.Region{Start: []int{start}, Shape: block.Shape{n}}
		return s.Read(context.Background(), r, dense.newBlock(dtype.Int8, r.Shape), nil)
	}
	require.NoError(t, read(0, 2))
	require.NoError(t, read(2, 2))
	require.ErrorContains(t, read(1, 2), "second time")
}
