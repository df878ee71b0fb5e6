package scheduler_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/block/blocktest"
	"gabion/internal/exec"
	"gabion/io/zarr"
	"gabion/scheduler"
	"gabion/scheduler/schedulertest"
)

var errFault = errors.New("the test's fault")

// usable checks that an engine works, and that nothing is left on it.
func usable(t testing.TB, e *scheduler.Engine) {
	t.Helper()
	src, values := file(9, []int{100, 64}, []int{7, 64})
	got, err := array.Values[float64](t.Context(), array.From(src).Rechunk(array.Chunks(100, 9)), array.On(e))
	require.NoError(t, err)
	same(t, values, got)
	require.Zero(t, e.Spilled())
}

// anomaly is an expression with a reduction, a shared source and a rechunk.
func anomaly(src block.Source) array.Array {
	x := array.From(src)
	return x.Sub(x.Mean(array.Axes(0))).Rechunk(array.Chunks(64, 5))
}

// TestSourceFails at each of its reads in turn, by an error, a panic and an end
// of the goroutine.
func TestSourceFails(t *testing.T) {
	faults := map[string]func() error{
		"error":  func() error { return errFault },
		"panic":  func() error { panic(errFault) },
		"goexit": func() error { runtime.Goexit(); return nil },
	}
	for name, fault := range faults {
		for _, inFlight := range []int{0, 4} {
			t.Run(fmt.Sprintf("%s in flight %d", name, inFlight), func(t *testing.T) {
				e := engine(t, scheduler.Options{Workers: 2, Memory: 256 << 10})
				for k := 1; ; k++ {
					src, _ := file(1, []int{64, 64}, []int{8, 64})
					src.Source.(*blocktest.Source).Wishes = block.Traits{InFlight: inFlight, Name: "the broken file"}
					var n atomic.Int64
					src.Before = func(context.Context, block.Region) error {
						if n.Add(1) == int64(k) {
							return fault()
						}
						return nil
					}
					var sink schedulertest.Result
					var err error
					within(t, func() { err = array.Store(t.Context(), &sink, anomaly(src), array.On(e)) })
					if n.Load() < int64(k) {
						require.NoError(t, err)
						break
					}
					require.Error(t, err, "read %d", k)
					if name == "goexit" {
						require.ErrorIs(t, err, exec.ErrGoexit)
					} else {
						require.ErrorIs(t, err, errFault)
						require.ErrorContains(t, err, "the broken file")
					}
					require.True(t, sink.Aborted, "read %d: the sink was aborted", k)
					require.False(t, sink.Committed)
				}
				usable(t, e)
			})
		}
	}
}

// TestSinkFails at each of its calls in turn.
func TestSinkFails(t *testing.T) {
	for _, how := range []string{"error", "panic"} {
		for _, call := range []string{"Begin", "Write", "Commit"} {
			t.Run(how+" in "+call, func(t *testing.T) {
				e := engine(t, scheduler.Options{Workers: 2, Memory: 256 << 10})
				for k := 1; ; k++ {
					src, _ := file(1, []int{64, 64}, []int{8, 64})
					var n atomic.Int64
					sinks := [2]schedulertest.Result{}
					for i := range sinks {
						sinks[i].Before = func(at string) error {
							if at == call && n.Add(1) == int64(k) {
								if how == "panic" {
									panic(errFault)
								}
								return errFault
							}
							return nil
						}
					}
					x := anomaly(src)
					var err error
					within(t, func() {
						err = array.StoreAll(t.Context(), []array.Output{{Array: x, Sink: &sinks[0]}, {Array: x.Mean(), Sink: &sinks[1]}}, array.On(e))
					})
					if n.Load() < int64(k) {
						require.NoError(t, err)
						break
					}
					require.ErrorIs(t, err, errFault, "call %d", k)
					for i := range sinks {
						require.False(t, sinks[i].Begun && !sinks[i].Aborted && !sinks[i].Committed, "call %d: sink %d is left as it is", k, i)
						require.False(t, sinks[i].Committed && call != "Commit")
					}
				}
				usable(t, e)
			})
		}
	}
}

// line is the place of the call, offset lines from here, as errors name it.
func line(offset int) string {
	_, file, n, _ := runtime.Caller(1)
	return fmt.Sprintf("%s:%d", filepath.Base(file), n+offset)
}

type blockFunc = func(ctx context.Context, info array.BlockInfo, dst, src []float64) error

// TestFunctionFails: the error says which operation failed on which block, where
// the user asked for it, and how. The engine works on.
func TestFunctionFails(t *testing.T) {
	at := func(f func() error) blockFunc {
		return func(_ context.Context, info array.BlockInfo, dst, src []float64) error {
			copy(dst, src)
			if info.Index[0] == 3 && info.Index[1] == 1 {
				return f()
			}
			return nil
		}
	}
	cases := map[string]struct {
		f    func() error
		says []string
	}{
		"error":     {func() error { return errFault }, []string{errFault.Error()}},
		"panic":     {func() error { panic(errFault) }, []string{"panic", errFault.Error(), "faults_test.go"}},
		"panic nil": {func() error { panic(nil) }, []string{"panic", "faults_test.go"}},
		"index":     {func() error { var none []int; _ = none[len(os.Args)]; return nil }, []string{"index out of range", "faults_test.go"}},
		"goexit":    {func() error { runtime.Goexit(); return nil }, []string{"runtime.Goexit"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			for _, workers := range []int{1, 3} {
				e := engine(t, scheduler.Options{Workers: workers, Memory: 256 << 10})
				src, _ := file(1, []int{64, 64}, []int{8, 16})
				x := array.MapBlocks(at(c.f), array.From(src))
				place := line(-1)
				for _, a := range []array.Array{x, x.Mean(array.Axes(1)), x.Rechunk(array.Chunks(64, 3))} {
					var sink schedulertest.Result
					var err error
					within(t, func() { err = array.Store(t.Context(), &sink, a, array.On(e)) })
					var failed *exec.Error
					require.ErrorAs(t, err, &failed)
					require.EqualValues(t, "map_blocks", failed.Op)
					require.Equal(t, []int{3, 1}, failed.Index)
					for _, text := range append(c.says, "map_blocks", "[3 1]", place) {
						require.ErrorContains(t, err, text)
					}
					if name == "error" || name == "panic" {
						require.ErrorIs(t, err, errFault)
					}
					require.True(t, sink.Aborted)
				}
				usable(t, e)
			}
		})
	}
}

// TestFunctionOfOneBlock fails in the same way though its plan is one task.
func TestFunctionOfOneBlock(t *testing.T) {
	e := engine(t, scheduler.Options{Workers: 2, Memory: 256 << 10})
	x := array.MapBlocks(func(context.Context, array.BlockInfo, []float64, []float64) error {
		runtime.Goexit()
		return nil
	}, array.FromSlice([]float64{1, 2}, nil))
	within(t, func() {
		_, err := array.Values[float64](t.Context(), x, array.On(e))
		require.ErrorIs(t, err, exec.ErrGoexit)
	})
	usable(t, e)
}

// TestCancelled at random moments, files being read and written: Execute returns
// with ctx's cause, no store opens, nothing is left on the engine. Those runs
// that were through before are complete.
func TestCancelled(t *testing.T) {
	dir := t.TempDir()
	e := engine(t, scheduler.Options{Workers: 2, Memory: 192 << 10})
	src, values := file(1, []int{64, 64}, []int{8, 32})
	x := array.From(src)
	input := filepath.Join(dir, "input.zarr")
	require.NoError(t, array.Store(t.Context(), zarr.Create(input, zarr.Chunks(8, 32)), x, array.On(e)))
	stored, err := zarr.Open(input)
	require.NoError(t, err)
	r := rand.New(rand.NewPCG(1, 2))
	cancelled, complete := 0, 0
	for i := range 1000 {
		name := filepath.Join(dir, fmt.Sprintf("%d.zarr", i))
		ctx, cancel := context.WithCancelCause(t.Context())
		counted := blocktest.Count(stored)
		moment, events := int64(r.IntN(40)), atomic.Int64{}
		tick := func() {
			if events.Add(1) == moment {
				cancel(errFault)
			}
		}
		counted.Before = func(context.Context, block.Region) error { tick(); return nil }
		sink := &ticking{zarr.Create(name, zarr.Chunks(32, 8)), tick}
		if moment == 0 {
			cancel(errFault)
		}
		within(t, func() {
			x := array.From(counted)
			err = array.Store(ctx, sink, x.Sub(x.Mean(array.Axes(0))), array.On(e))
		})
		_, opened := zarr.Open(name)
		if err != nil {
			cancelled++
			require.ErrorIs(t, err, errFault, "run %d, moment %d", i, moment)
			require.Error(t, opened, "run %d, moment %d: a store that looks complete", i, moment)
		} else {
			complete++
			require.NoError(t, opened)
		}
		require.Zero(t, e.Spilled())
		cancel(nil)
		require.NoError(t, os.RemoveAll(name))
	}
	require.Greater(t, cancelled, 500)
	require.NotZero(t, complete)
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, 1, "only the input is left")
	got, err := array.Values[float64](t.Context(), array.From(stored), array.On(e))
	require.NoError(t, err)
	same(t, values, got)
}

// ticking is a sink that counts its calls.
type ticking struct {
	*zarr.Writer
	tick func()
}

func (s *ticking) Begin(ctx context.Context, d block.Description) error {
	s.tick()
	return s.Writer.Begin(ctx, d)
}

func (s *ticking) Write(ctx context.Context, r block.Region, b block.Block, scratch *block.Scratch) error {
	s.tick()
	return s.Writer.Write(ctx, r, b, scratch)
}

// TestCancelledWaiting: a call that waits for the budget ends with its context's
// cause, and the one that has it is not disturbed.
func TestCancelledWaiting(t *testing.T) {
	e := engine(t, scheduler.Options{Workers: 1, Memory: 64 << 10})
	src, values := file(1, []int{64, 64}, []int{64, 64})
	started, proceed := make(chan struct{}), make(chan struct{})
	src.Before = func(context.Context, block.Region) error {
		close(started)
		<-proceed
		return nil
	}
	done := make(chan error)
	var got []float64
	go func() {
		var err error
		got, err = array.Values[float64](t.Context(), array.From(src), array.On(e))
		done <- err
	}()
	<-started
	ctx, cancel := context.WithCancelCause(t.Context())
	other, _ := file(2, []int{64, 64}, []int{64, 64})
	waiting := make(chan error)
	go func() {
		_, err := array.Values[float64](ctx, array.From(other).Neg(), array.On(e))
		waiting <- err
	}()
	cancel(errFault)
	within(t, func() { require.ErrorIs(t, <-waiting, errFault) })
	require.Zero(t, other.Reads())
	close(proceed)
	within(t, func() { require.NoError(t, <-done) })
	same(t, values, got)
}

// TestRefusedBeforeReading: a plan that cannot fit is refused before a byte is
// read or anything is begun, and the budget that the error names does.
func TestRefusedBeforeReading(t *testing.T) {
	src, values := file(1, []int{256, 256}, []int{64, 256})
	least := int64(0)
	for _, x := range []array.Array{array.From(src).Mul(array.Const(1)), array.From(src).Rechunk(array.Chunks(256, 64))} {
		large := engine(t, scheduler.Options{Workers: 2, Memory: 64 << 20})
		explained, err := x.Explain(array.On(large))
		require.NoError(t, err)
		least = explained.WorkingSet
		var sink schedulertest.Result
		tight := engine(t, scheduler.Options{Workers: 2, Memory: least - 1})
		err = array.Store(t.Context(), &sink, x, array.On(tight))
		require.ErrorContains(t, err, "memory budget")
		require.True(t, strings.Contains(err.Error(), "multiply") || strings.Contains(err.Error(), "rechunk"), "%v", err)
		require.Zero(t, src.Reads())
		require.False(t, sink.Begun)
		enough := engine(t, scheduler.Options{Workers: 2, Memory: least})
		got, err := array.Values[float64](t.Context(), x, array.On(enough))
		require.NoError(t, err)
		same(t, values, got)
		src, values = file(1, []int{256, 256}, []int{64, 256})
	}
}
