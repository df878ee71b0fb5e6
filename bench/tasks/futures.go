package main

import (
	"context"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/alitto/pond/v2"

	"gabion/scheduler"
)

// function is what is submitted.
type function = func(context.Context) (int, error)

// promise is a way to have functions run elsewhere and get their results.
type promise interface {
	name() string

	// inTurn waits for each of n results before the next function.
	inTurn(ctx context.Context, n int, f function) error

	// together submits n functions, calls between, and waits for all results.
	together(ctx context.Context, n int, f function, between func()) error
}

// promised is a promise whose futures are of the type F.
type promised[F any] struct {
	label  string
	submit func(context.Context, function) F
	wait   func(context.Context, F) (int, error)
}

func (p promised[F]) name() string { return p.label }

func (p promised[F]) inTurn(ctx context.Context, n int, f function) error {
	for range n {
		if _, err := p.wait(ctx, p.submit(ctx, f)); err != nil {
			return err
		}
	}
	return nil
}

func (p promised[F]) together(ctx context.Context, n int, f function, between func()) error {
	futures := make([]F, n)
	for i := range futures {
		futures[i] = p.submit(ctx, f)
	}
	between()
	var failed error
	for _, future := range futures {
		if _, err := p.wait(ctx, future); err != nil {
			failed = err
		}
	}
	return failed
}

// outcome is what goroutines without a future send.
type outcome struct {
	value int
	err   error
}

func receive(_ context.Context, ch chan outcome) (int, error) {
	o := <-ch
	return o.value, o.err
}

// The names of promises that are compared with others.
const (
	gabionSubmit = "Gabion Submit"
	goroutine    = "goroutine and channel"
)

// promises are the techniques; all have ended when end returns.
func promises(s *session) (all []promise, end func()) {
	var goroutines sync.WaitGroup
	results := pond.NewResultPool[int](s.pools.workers)
	return []promise{
			promised[*scheduler.Future[int]]{
				gabionSubmit,
				func(ctx context.Context, f function) *scheduler.Future[int] { return scheduler.Submit(ctx, f) },
				func(ctx context.Context, future *scheduler.Future[int]) (int, error) { return future.Result(ctx) },
			},
			promised[chan outcome]{
				goroutine,
				func(ctx context.Context, f function) chan outcome {
					ch := make(chan outcome, 1)
					goroutines.Go(func() {
						v, err := f(ctx)
						ch <- outcome{v, err}
					})
					return ch
				},
				receive,
			},
			promised[pond.ResultTask[int]]{
				"pond",
				func(ctx context.Context, f function) pond.ResultTask[int] {
					return results.SubmitErr(func() (int, error) { return f(ctx) })
				},
				func(_ context.Context, task pond.ResultTask[int]) (int, error) { return task.Wait() },
			},
		}, func() {
			goroutines.Wait()
			results.StopAndWait()
		}
}

func empty(context.Context) (int, error) { return 0, nil }

// submitEmpty is a case of empty functions, one after another or all at once.
func submitEmpty(name, about string, calls int, run func(ctx context.Context, p promise, n int) error) testCase {
	return testCase{name, func(ctx context.Context, s *session) (Result, error) {
		ways, end := promises(s)
		defer end()
		n := s.scaled(calls)
		var contenders []contender
		for _, p := range ways {
			contenders = append(contenders, contender{
				name: p.name(), calls: n,
				run:   func(ctx context.Context) error { return run(ctx, p, n) },
				after: func() (time.Duration, error) { return 0, nil },
			})
		}
		measured, err := measure(ctx, contenders, s.rounds)
		if err != nil {
			return Result{}, err
		}
		r := Result{Case: name, About: about, Columns: []string{lead}}
		for _, m := range measured {
			row := m.row()
			row.set(lead, ratios(m.perCall(), measured[0].perCall()))
			r.Rows = append(r.Rows, row)
		}
		return r, nil
	}}
}

func emptyInTurn(ctx context.Context, p promise, n int) error { return p.inTurn(ctx, n, empty) }

func emptyTogether(ctx context.Context, p promise, n int) error {
	return p.together(ctx, n, empty, func() {})
}

// outstandingFutures is how much memory futures take whose functions wait.
func outstandingFutures(ctx context.Context, s *session) (Result, error) {
	r := Result{
		Case: "futures/memory",
		About: "What a million futures take that are not done: every function waits until all have been submitted. Resident memory is read first, " +
			"then garbage is collected and the heap and stacks in use are read. A goroutine for each gets a tenth of them. Target: less than 500 MB.",
	}
	ways, end := promises(s)
	defer end()
	for _, p := range ways {
		n := s.scaled(1_000_000)
		if p.name() == goroutine {
			n = s.scaled(100_000)
		}
		var inUse, resident []float64
		for range s.rounds {
			used, rss, err := memoryOf(ctx, p, n)
			if err != nil {
				return Result{}, err
			}
			inUse, resident = append(inUse, used), append(resident, rss)
		}
		r.Rows = append(r.Rows, newRow(p.name()+": heap and stacks", n, "B", inUse))
		if !math.IsNaN(resident[0]) {
			r.Rows = append(r.Rows, newRow(p.name()+": resident", n, "B", resident))
		}
	}
	return r, nil
}

// memoryOf gives the growth of bytes in use and of resident bytes.
func memoryOf(ctx context.Context, p promise, n int) (inUse, resident float64, err error) {
	debug.FreeOSMemory()
	usedBefore, residentBefore := bytesInUse(), residentBytes()
	gate := make(chan struct{})
	err = p.together(ctx, n, func(context.Context) (int, error) { <-gate; return 0, nil }, func() {
		resident = residentBytes() - residentBefore
		runtime.GC()
		inUse = bytesInUse() - usedBefore
		close(gate)
	})
	return inUse, resident, err
}

func bytesInUse() float64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapInuse + m.StackInuse)
}

// residentBytes is NaN where the system does not say.
func residentBytes() float64 {
	status, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 64)
			if err == nil {
				return kb * 1024
			}
		}
	}
	return math.NaN()
}
