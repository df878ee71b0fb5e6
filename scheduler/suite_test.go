package scheduler_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"gabion/internal/plan"
	"gabion/scheduler"
	"gabion/scheduler/schedulertest"
)

// TestMain fails when any test leaves a goroutine behind, and ends a test that
// hangs with the stacks of all goroutines, so that every wait has a bound.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

// within fails with all stacks if f does not return in time.
func within(t testing.TB, f func()) {
	t.Helper()
	watch := time.AfterFunc(time.Minute, func() {
		stacks := make([]byte, 1<<20)
		fmt.Fprintf(os.Stderr, "%s hangs\n%s", t.Name(), stacks[:runtime.Stack(stacks, true)])
		os.Exit(2)
	})
	defer watch.Stop()
	f()
}

// engine is an engine that is closed at the end of the test, when it must hold
// nothing any more.
func engine(t testing.TB, o scheduler.Options) *scheduler.Engine {
	t.Helper()
	if o.SpillDir == "" {
		o.SpillDir = t.TempDir()
	}
	e, err := scheduler.New(o)
	require.NoError(t, err)
	t.Cleanup(func() {
		within(t, func() { require.NoError(t, e.Close()) })
		require.LessOrEqual(t, e.PeakInUse(), e.Memory())
	})
	return e
}

// smallest is the least budget with which a plan runs on that many workers.
func smallest(t testing.TB, p *plan.Plan, workers int) int64 {
	t.Helper()
	budget := int64(1)
	for range 10 {
		var beyond *plan.BudgetError
		err := p.Decide(budget, workers)
		if err == nil {
			return budget
		}
		require.ErrorAs(t, err, &beyond)
		require.Greater(t, beyond.Needed, budget)
		budget = beyond.Needed
	}
	t.Fatal("the budget that the error names does not do")
	return 0
}

func TestSerial(t *testing.T) {
	schedulertest.Run(t, func(testing.TB) scheduler.Executor { return scheduler.Serial{} })
}

func TestEngine(t *testing.T) {
	for _, workers := range []int{1, 2, 4, 7} {
		t.Run(fmt.Sprintf("%d workers", workers), func(t *testing.T) {
			schedulertest.Run(t, func(t testing.TB) scheduler.Executor {
				return engine(t, scheduler.Options{Workers: workers, Memory: 64 << 20})
			})
		})
	}
}

// TestEngineTinyBudgets: the budget that a plan names, and a few above it, are
// enough whatever the workers, and change no bit. No task holds more than its
// bound.
func TestEngineTinyBudgets(t *testing.T) {
	programs := append(schedulertest.Programs(), schedulertest.RandomPrograms(150)...)
	variants := schedulertest.Variants()
	for i, p := range programs {
		t.Run(p.Name, func(t *testing.T) {
			want := p.Expect(t)
			r := rand.New(rand.NewPCG(uint64(i), 5))
			for _, workers := range []int{1, 2, 4, 7} {
				v := variants[r.IntN(len(variants))]
				least := smallest(t, p.Lower(t, v).Plan, workers)
				for _, budget := range []int64{least, least + 4096*int64(r.IntN(8)), least * 2} {
					within(t, func() {
						o := scheduler.Options{Workers: workers, Memory: max(budget, 1), SpillDir: os.TempDir()}
						over := make(chan scheduler.TaskEnd, 1)
						o.Events.TaskEnd = func(e scheduler.TaskEnd) {
							if e.Bytes > e.Bound {
								select {
								case over <- e:
								default:
								}
							}
						}
						e, err := scheduler.New(o)
						require.NoError(t, err)
						l := p.Lower(t, v)
						got, err := l.Execute(context.Background(), e)
						require.NoError(t, err, "%s, %d workers, %d bytes\n%s", v.Name, workers, budget, l.Plan.Text())
						schedulertest.Equal(t, want, got)
						require.Empty(t, over, "a task held more than its bound")
						require.NoError(t, e.Close())
						require.LessOrEqual(t, e.PeakInUse(), e.Memory())
						require.Zero(t, e.InUse(), "everything was given back")
					})
				}
				if least > 1 {
					l := p.Lower(t, v)
					e := engine(t, scheduler.Options{Workers: workers, Memory: least - 1})
					_, err := l.Execute(context.Background(), e)
					var beyond *plan.BudgetError
					require.True(t, errors.As(err, &beyond), "%s: one byte less than %d must not do: %v", v.Name, least, err)
				}
			}
		})
	}
}
