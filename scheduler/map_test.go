package scheduler_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"gabion/scheduler"
)

// numbers are 0 to n-1.
func numbers(n int) []int {
	in := make([]int, n)
	for i := range in {
		in[i] = i
	}
	return in
}

func square(_ context.Context, v int) (int, error) { return v * v, nil }

// pool is a pool that is closed at the end of the test.
func pool(t testing.TB, o scheduler.PoolOptions) *scheduler.Pool {
	t.Helper()
	p, err := scheduler.NewPool(o)
	require.NoError(t, err)
	t.Cleanup(func() { within(t, func() { require.NoError(t, p.Close()) }) })
	return p
}

// meeting is where n calls wait for each other, which shows that they run at
// once: were there fewer, they would wait for ever.
type meeting struct {
	n    int
	mu   sync.Mutex
	here int
	all  chan struct{}
}

func newMeeting(n int) *meeting { return &meeting{n: n, all: make(chan struct{})} }

func (m *meeting) wait() {
	m.mu.Lock()
	if m.here++; m.here == m.n {
		close(m.all)
	}
	m.mu.Unlock()
	<-m.all
}

// counter is a meter, and the most calls that were under way at once.
type counter struct{ expected, done, now, most atomic.Int64 }

func (c *counter) Expect(n int) { c.expected.Add(int64(n)) }
func (c *counter) Add(n int)    { c.done.Add(int64(n)) }

func (c *counter) begin() {
	for now, most := c.now.Add(1), c.most.Load(); now > most; most = c.most.Load() {
		c.most.CompareAndSwap(most, now)
	}
}
func (c *counter) end() { c.now.Add(-1) }

func TestMap(t *testing.T) {
	for _, workers := range []int{1, 2, 7} {
		p := pool(t, scheduler.PoolOptions{Size: workers})
		for _, n := range []int{0, 1, 2, 3, 100, 100_000} {
			within(t, func() {
				got, err := scheduler.Map(t.Context(), numbers(n), square, scheduler.On(p))
				require.NoError(t, err)
				require.Len(t, got, n)
				for i, v := range got {
					require.Equal(t, i*i, v)
				}
			})
		}
	}
	got, err := scheduler.Map(t.Context(), []string{"a", "b"}, func(_ context.Context, v string) (string, error) { return v + v, nil })
	require.NoError(t, err)
	require.Equal(t, []string{"aa", "bb"}, got)
}

func TestMapRunsAtOnce(t *testing.T) {
	const workers = 6
	p := pool(t, scheduler.PoolOptions{Size: workers})
	m := newMeeting(workers)
	within(t, func() {
		require.NoError(t, scheduler.ForEach(t.Context(), numbers(workers), func(context.Context, int) error {
			m.wait()
			return nil
		}, scheduler.On(p)))
	})
}

// TestMapHandsBack: a worker in a batch of calls that turned out to be long gives
// a part of it to those that have nothing to do.
func TestMapHandsBack(t *testing.T) {
	const workers, n, last = 4, 200_000, 2000
	var made atomic.Int64
	p := pool(t, scheduler.PoolOptions{Size: workers, State: scheduler.PerWorker(func(context.Context) (int64, error) {
		return made.Add(1), nil
	}, nil)})
	var several atomic.Bool
	var first atomic.Int64 // the worker that came first to the long calls
	within(t, func() {
		require.NoError(t, scheduler.ForEach(t.Context(), numbers(n), func(ctx context.Context, v int) error {
			if v < n-last {
				return nil // in nanoseconds
			}
			me, err := scheduler.WorkerState[int64](ctx)
			if !first.CompareAndSwap(0, me) && first.Load() != me {
				several.Store(true)
			}
			for start := time.Now(); !several.Load() && time.Since(start) < time.Millisecond; {
				runtime.Gosched()
			}
			return err
		}, scheduler.On(p)))
	})
	require.True(t, several.Load())
}

func TestSkip(t *testing.T) {
	var c counter
	got, err := scheduler.Map(t.Context(), numbers(1000), func(_ context.Context, v int) (int, error) {
		if v%3 != 0 {
			return 0, fmt.Errorf("not this one: %w", scheduler.Skip)
		}
		return v, nil
	}, scheduler.Progress(&c))
	require.NoError(t, err)
	require.Len(t, got, 334)
	for i, v := range got {
		require.Equal(t, 3*i, v)
	}
	require.EqualValues(t, 1000, c.expected.Load())
	require.EqualValues(t, 1000, c.done.Load())
}

var errFault2 = errors.New("a fault")

// TestFirstError: the error is that of the first input which fails, even if
// another failed before it in time; inputs far behind are not called.
func TestFirstError(t *testing.T) {
	for _, workers := range []int{2, 5} {
		p := pool(t, scheduler.PoolOptions{Size: workers})
		for range 50 {
			failed := make(chan struct{})
			var calls atomic.Int64
			within(t, func() {
				got, err := scheduler.Map(t.Context(), numbers(10_000), func(ctx context.Context, v int) (int, error) {
					if v > 1 && calls.Add(1) > 100 {
						<-ctx.Done() // it is behind the one that failed
						return 0, ctx.Err()
					}
					switch v {
					case 0:
						<-failed
						return 0, fmt.Errorf("the first: %w", errFault2)
					case 1:
						defer close(failed)
						return 0, errors.New("the second")
					}
					return v, nil
				}, scheduler.On(p))
				require.Nil(t, got)
				var task *scheduler.TaskError
				require.ErrorAs(t, err, &task)
				require.Equal(t, 0, task.Index)
				require.Equal(t, "0", task.Input)
				require.Equal(t, 1, task.Attempts)
				require.ErrorIs(t, err, errFault2)
				require.Contains(t, err.Error(), "map_test.go:")
				require.LessOrEqual(t, calls.Load(), int64(100+workers))
			})
		}
	}
}

// TestErrorEndsThoseBehind: the context of a call behind the one that failed
// ends, that of one before it does not.
func TestErrorEndsThoseBehind(t *testing.T) {
	p := pool(t, scheduler.PoolOptions{Size: 3})
	m := newMeeting(3)
	ended := make(chan struct{})
	within(t, func() {
		err := scheduler.ForEach(t.Context(), numbers(3), func(ctx context.Context, v int) error {
			m.wait()
			switch v {
			case 0:
				<-ended // by then the error has had its effect
				return ctx.Err()
			case 1:
				return errFault2
			}
			<-ctx.Done()
			close(ended)
			return ctx.Err()
		}, scheduler.On(p))
		require.ErrorIs(t, err, errFault2)
	})
}

func TestAllErrors(t *testing.T) {
	p := pool(t, scheduler.PoolOptions{Size: 4})
	got, err := scheduler.Map(t.Context(), numbers(1000), func(_ context.Context, v int) (int, error) {
		if v%100 == 7 {
			return -1, fmt.Errorf("%d: %w", v, errFault2)
		}
		return v, nil
	}, scheduler.On(p), scheduler.AllErrors())
	require.Len(t, got, 1000)
	require.Equal(t, []int{5, 6, 0, 8}, got[5:9], "the result of an input that failed is zero")
	var all scheduler.TaskErrors
	require.ErrorAs(t, err, &all)
	require.Len(t, all, 10)
	for i, task := range all {
		require.Equal(t, 100*i+7, task.Index)
	}
	require.ErrorIs(t, err, errFault2)
	require.True(t, strings.HasPrefix(err.Error(), "10 inputs failed:\n"), err)

	_, err = scheduler.Map(t.Context(), numbers(5000), func(context.Context, int) (int, error) { return 0, errFault2 }, scheduler.AllErrors())
	require.Less(t, len(err.Error()), 3000, "the message stays short")
	require.Contains(t, err.Error(), "and 4990 more")
}

func TestPanicsAndGoexit(t *testing.T) {
	p := pool(t, scheduler.PoolOptions{Size: 2})
	type item struct {
		Name string
		Data []float64
	}
	inputs := []item{{"good", nil}, {"bad", make([]float64, 1e6)}, {"worse", nil}}
	var called atomic.Int64
	within(t, func() {
		_, err := scheduler.Map(t.Context(), inputs, func(_ context.Context, v item) (int, error) {
			called.Add(1)
			switch v.Name {
			case "bad":
				v.Data[len(v.Data)]++
			case "worse":
				runtime.Goexit()
			}
			return 1, nil
		}, scheduler.On(p), scheduler.AllErrors())
		var all scheduler.TaskErrors
		require.ErrorAs(t, err, &all)
		require.Len(t, all, 2)
		require.EqualValues(t, 3, called.Load())

		var panicked *scheduler.PanicError
		require.ErrorAs(t, all[0], &panicked)
		require.ErrorContains(t, panicked.Unwrap(), "index out of range [1000000]")
		require.Equal(t, 1, all[0].Index)
		require.Equal(t, `{Name:"bad" Data:[]float64 of 1000000 [0 0 0 0 …]}`, all[0].Input)
		stack := string(panicked.Stack)
		require.Contains(t, stack, "TestPanicsAndGoexit")
		require.NotContains(t, stack, "gabion/scheduler.(", "the stack is the task's alone")
		require.NotContains(t, stack, "runtime/debug")

		require.ErrorIs(t, all[1], scheduler.ErrGoexit)
		require.Contains(t, all[1].Error(), "TestPanicsAndGoexit", "the stack shows who called Goexit")
	})
	// The workers are as good as before.
	got, err := scheduler.Map(t.Context(), numbers(10), square, scheduler.On(p))
	require.NoError(t, err)
	require.Len(t, got, 10)
}

// TestInputsInErrors: inputs are shortened, and shown without following pointers.
func TestInputsInErrors(t *testing.T) {
	type pair struct {
		A int
		B *strings.Builder
	}
	for want, input := range map[string]any{
		"17":                                17,
		`"short"`:                           "short",
		"nil":                               nil,
		"1m30s":                             90 * time.Second,
		"*sync.Mutex":                       &sync.Mutex{},
		"{A:1 B:*strings.Builder}":          pair{1, &strings.Builder{}},
		"map[string]int of 1":               map[string]int{"a": 1},
		"[]int of 2 [1 2]":                  []int{1, 2},
		"func()":                            func() {},
		`"a b"`:                             "a b",
		`"` + strings.Repeat("ü", 78) + "…": strings.Repeat("ü", 1<<20),
	} {
		_, err := scheduler.Map(t.Context(), []any{input}, func(context.Context, any) (int, error) { return 0, errFault2 })
		var task *scheduler.TaskError
		require.ErrorAs(t, err, &task)
		require.Equal(t, want, task.Input)
	}
}

// TestCancelledMap: a map returns within one call of when its context ends. Each
// call after that would be counted.
func TestCancelledMap(t *testing.T) {
	const n = 1_000_000
	in := numbers(n)
	type runs func(ctx context.Context, p *scheduler.Pool, f func(context.Context, int) (int, error)) error
	for name, c := range map[string]struct {
		slower int // inputs are handed over one by one
		run    runs
	}{
		"Map": {5, func(ctx context.Context, p *scheduler.Pool, f func(context.Context, int) (int, error)) error {
			_, err := scheduler.Map(ctx, in, f, scheduler.On(p))
			return err
		}},
		"Reduce": {5, func(ctx context.Context, p *scheduler.Pool, f func(context.Context, int) (int, error)) error {
			_, err := scheduler.Reduce(ctx, in, f, func(a, b int) int { return a + b }, scheduler.On(p))
			return err
		}},
		"MapSeq": {100, func(ctx context.Context, p *scheduler.Pool, f func(context.Context, int) (int, error)) error {
			for _, err := range scheduler.MapSeq(ctx, endless(), f, scheduler.On(p)) {
				if err != nil {
					return err
				}
			}
			return nil
		}},
	} {
		t.Run(name, func(t *testing.T) {
			const workers = 3
			p := pool(t, scheduler.PoolOptions{Size: workers})
			repetitions := 1000
			if raced {
				repetitions = 50
			}
			for rep := range repetitions {
				ctx, cancel := context.WithCancelCause(t.Context())
				var calls, after atomic.Int64
				var over atomic.Bool
				within(t, func() {
					err := c.run(ctx, p, func(context.Context, int) (int, error) {
						if over.Load() {
							after.Add(1)
						}
						if calls.Add(1) == int64(1+rep*rep/c.slower) {
							cancel(errFault2)
							over.Store(true)
						}
						return 1, nil
					})
					require.ErrorIs(t, err, errFault2)
				})
				cancel(nil)
				require.Less(t, after.Load(), int64(workers), "each other worker may have begun one call")
			}
		})
	}
}

// endless is the sequence of all numbers.
func endless() func(yield func(int, error) bool) {
	return func(yield func(int, error) bool) {
		for i := 0; yield(i, nil); i++ {
		}
	}
}

func TestRetriesOfMaps(t *testing.T) {
	const n = 200
	for _, workers := range []int{1, 4} {
		p := pool(t, scheduler.PoolOptions{Size: workers})
		var tries [n]atomic.Int64
		var c counter
		flaky := func(_ context.Context, v int) (int, error) {
			if tries[v].Add(1) <= int64(v%3) {
				return 0, errFault2
			}
			return v, nil
		}
		retry := scheduler.Retry(scheduler.Retries{Attempts: 3, Delay: time.Microsecond})
		within(t, func() {
			got, err := scheduler.Map(t.Context(), numbers(n), flaky, scheduler.On(p), retry, scheduler.Progress(&c))
			require.NoError(t, err)
			require.Equal(t, numbers(n), got)
			require.EqualValues(t, n, c.done.Load(), "an input is finished once")

			clear(tries[:])
			sum, err := scheduler.Reduce(t.Context(), numbers(n), flaky, func(a, b int) int { return a + b }, scheduler.On(p), retry)
			require.NoError(t, err)
			require.Equal(t, n*(n-1)/2, sum)
		})
		calls := 0
		_, err := scheduler.Map(t.Context(), []int{5}, func(context.Context, int) (int, error) {
			calls++
			return 0, errFault2
		}, scheduler.On(p), scheduler.Retry(scheduler.Retries{Attempts: 4}))
		require.ErrorContains(t, err, "after 4 attempts")
		require.Equal(t, 4, calls)

		calls = 0
		_, err = scheduler.Map(t.Context(), []int{5}, func(context.Context, int) (int, error) {
			calls++
			return 0, errFault2
		}, scheduler.On(p), scheduler.Retry(scheduler.Retries{Attempts: 4, If: func(err error) bool { return !errors.Is(err, errFault2) }}))
		require.ErrorIs(t, err, errFault2)
		require.Equal(t, 1, calls)
	}
}

func TestTimeoutOfMaps(t *testing.T) {
	within(t, func() {
		_, err := scheduler.Map(t.Context(), numbers(3), func(ctx context.Context, v int) (int, error) {
			if v == 1 {
				<-ctx.Done()
				return 0, context.Cause(ctx)
			}
			return v, nil
		}, scheduler.Timeout(time.Millisecond))
		require.ErrorIs(t, err, scheduler.ErrTimeout)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, "input 1 (1)")
	})
}

func TestLimit(t *testing.T) {
	p := pool(t, scheduler.PoolOptions{Size: 8})
	var c counter
	f := func(context.Context, int) (int, error) {
		c.begin()
		defer c.end()
		runtime.Gosched()
		return 0, nil
	}
	within(t, func() {
		_, err := scheduler.Map(t.Context(), numbers(500), f, scheduler.On(p), scheduler.Limit(2))
		require.NoError(t, err)
		for _, err := range scheduler.MapSeq(t.Context(), scheduler.Seq(seqOf(500)), f, scheduler.On(p), scheduler.Limit(2)) {
			require.NoError(t, err)
		}
	})
	require.LessOrEqual(t, c.most.Load(), int64(2))
}

func seqOf(n int) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for i := 0; i < n && yield(i); i++ {
		}
	}
}

// TestMemory: calls hold no more of the budget than there is.
func TestMemory(t *testing.T) {
	const each = 1 << 20
	e := engine(t, scheduler.Options{Workers: 8, Memory: 3*each + each/2})
	var c counter
	within(t, func() {
		require.NoError(t, scheduler.ForEach(t.Context(), numbers(300), func(context.Context, int) error {
			c.begin()
			defer c.end()
			if e.InUse() < each {
				return errors.New("the memory of the call is not counted")
			}
			runtime.Gosched()
			return nil
		}, scheduler.On(e), scheduler.Memory(each)))
	})
	require.LessOrEqual(t, c.most.Load(), int64(3))
	require.Zero(t, e.InUse())

	err := scheduler.ForEach(t.Context(), numbers(3), func(context.Context, int) error { return nil }, scheduler.On(e), scheduler.Memory(1<<30))
	require.ErrorContains(t, err, "Memory is 1GiB a call, more than the engine's budget")
	err = scheduler.ForEach(t.Context(), numbers(3), func(context.Context, int) error { return nil },
		scheduler.On(pool(t, scheduler.PoolOptions{})), scheduler.Memory(1))
	require.ErrorContains(t, err, "Memory is for engines")
}

// TestReduceOrder: operands come in order, in the same tree however it runs. A
// combination that is not associative tells trees apart.
func TestReduceOrder(t *testing.T) {
	text := func(_ context.Context, v int) (string, error) { return fmt.Sprint(v), nil }
	pair := func(a, b string) string { return "(" + a + " " + b + ")" }
	for n, want := range map[int]string{
		0: "", 1: "0", 2: "(0 1)", 3: "((0 1) 2)", 5: "(((0 1) (2 3)) 4)", 6: "(((0 1) (2 3)) (4 5))", 7: "(((0 1) (2 3)) ((4 5) 6))",
	} {
		got, err := scheduler.Reduce(t.Context(), numbers(n), text, pair)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	values := make([]float64, 100_003)
	for i := range values {
		values[i] = math.Sin(float64(i)) * math.Pow(10, float64(i%30))
	}
	var want float64
	for i, workers := range []int{1, 2, 3, 8} {
		p := pool(t, scheduler.PoolOptions{Size: workers})
		for range 5 {
			got, err := scheduler.Reduce(t.Context(), values, func(_ context.Context, v float64) (float64, error) {
				if math.Signbit(v) {
					return 0, scheduler.Skip
				}
				return v, nil
			}, func(a, b float64) float64 { return a + b }, scheduler.On(p))
			require.NoError(t, err)
			if i == 0 {
				want = got
			}
			require.Equal(t, math.Float64bits(want), math.Float64bits(got))
		}
	}
}

func TestReduceErrors(t *testing.T) {
	sum := func(a, b int) int { return a + b }
	_, err := scheduler.Reduce(t.Context(), numbers(100), func(_ context.Context, v int) (int, error) {
		if v >= 50 {
			return 0, errFault2
		}
		return v, nil
	}, sum)
	require.ErrorContains(t, err, "scheduler.Reduce (at ")
	require.ErrorContains(t, err, "input 50 (50): a fault")
	for _, n := range []int{2, 3, 64, 1000} { // the panic is in a batch, or at the end
		_, err = scheduler.Reduce(t.Context(), numbers(n), square, func(a, b int) int {
			if b >= (n-1)*(n-1) {
				panic("cannot combine")
			}
			return b
		})
		require.ErrorContains(t, err, "cannot combine")
	}
}

func TestMistakesOfMaps(t *testing.T) {
	ctx := t.Context()
	closed := pool(t, scheduler.PoolOptions{})
	require.NoError(t, closed.Close())
	var none *scheduler.Engine
	var noContext context.Context
	for want, err := range map[string]error{
		"the function is nil":      second(scheduler.Map[int, int](ctx, numbers(3), nil)),
		"the context is nil":       second(scheduler.Map(noContext, numbers(3), square)),
		"is closed":                second(scheduler.Map(ctx, numbers(3), square, scheduler.On(closed))),
		"a nil *scheduler.Engine":  second(scheduler.Map(ctx, numbers(3), square, scheduler.On(none))),
		"a nil <nil>":              second(scheduler.Map(ctx, numbers(3), square, scheduler.On(nil))),
		"an empty *scheduler.Pool": second(scheduler.Map(ctx, numbers(3), square, scheduler.On(&scheduler.Pool{}))),
		"Timeout is -1s":           second(scheduler.Map(ctx, numbers(3), square, scheduler.Timeout(-time.Second))),
		"Retries.Attempts is 0":    second(scheduler.Map(ctx, numbers(3), square, scheduler.Retry(scheduler.Retries{}))),
		"Limit is 0":               second(scheduler.Map(ctx, numbers(3), square, scheduler.Limit(0))),
		"Memory is -1":             second(scheduler.Map(ctx, numbers(3), square, scheduler.Memory(-1))),
		"are for MapSeq":           second(scheduler.Map(ctx, numbers(3), square, scheduler.Unordered())),
		"Window is -2":             second(scheduler.Map(ctx, numbers(3), square, scheduler.Window(-2))),
		"scheduler.ForEach (at ":   scheduler.ForEach(ctx, numbers(3), nil),
		"scheduler.Reduce (at ":    second(scheduler.Reduce[int, int](ctx, numbers(3), square, nil)),
	} {
		require.ErrorContains(t, err, want)
		require.Regexp(t, `map_test.go:\d+`, err.Error(), "the caller's line")
	}
	got, err := scheduler.Map(ctx, nil, square, nil)
	require.NoError(t, err)
	require.Empty(t, got)
	require.ErrorIs(t, second(scheduler.Map(ctx, nil, square, scheduler.On(closed))), scheduler.ErrClosed)
}

func second[T any](_ T, err error) error { return err }

// TestMeterPanics: a meter that panics is an error, not the end of the program.
func TestMeterPanics(t *testing.T) {
	within(t, func() {
		_, err := scheduler.Map(t.Context(), numbers(10), square, scheduler.Progress(careless2{}))
		require.ErrorContains(t, err, "no meter")
		for _, err = range scheduler.MapSeq(t.Context(), scheduler.Seq(seqOf(10)), square, scheduler.Progress(careless2{})) {
		}
		require.ErrorContains(t, err, "no meter")
	})
}

type careless2 struct{}

func (careless2) Expect(int) {}
func (careless2) Add(int)    { panic("no meter") }
