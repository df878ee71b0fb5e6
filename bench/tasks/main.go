// Command tasks measures Gabion's tasks beside a plain loop and other libraries
// for Go.
//
//	go run . [-runs N] [-case REGEXP] [-json] [-scale F]
//
// Every case runs its techniques in turn, once to warm up and then N times, and
// compares them round by round. Figures are for comparison within one run, on a
// machine that does nothing else. The workloads are those of bench/peers/tasks.py,
// which puts what -json writes beside its own figures.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"runtime"
	"time"
)

// testCase is a case and its name, which -case selects by.
type testCase struct {
	name string
	run  func(context.Context, *session) (Result, error)
}

var cases = []testCase{
	{"map/tiny", tinyCalls},
	{"map/1us", microsecondCalls},
	longerCalls("map/10us", "Calls of 10 us.", equal(10*time.Microsecond, 20_000)),
	longerCalls("map/100us", "Calls of 100 us.", equal(100*time.Microsecond, 4000)),
	longerCalls("map/1ms", "Calls of 1 ms.", equal(time.Millisecond, 400)),
	longerCalls("map/mixed", "Calls of 10 us to 1 ms, in random order.", mixed),
	longerCalls("map/rising", "Calls of 10 us to 1 ms, the longest last.", rising),
	longerCalls("map/few-long", "Calls of 20 us, and one in a hundred of 10 ms.", few),

	submitEmpty("submit/in-turn", "Submit of an empty task and its Result, one after another. Target: at most 1 us.", 100_000, emptyInTurn),
	submitEmpty("submit/together", "Submit of all empty tasks, then their Results. Target: at most 1 us for both.", 100_000, emptyTogether),
	{"futures/memory", outstandingFutures},

	workload("work/primes", 1, primes),
	workload("work/primes-large", 5, primes),
	workload("work/mandelbrot", 1, mandelbrot),
	workload("work/mandelbrot-large", 10, mandelbrot),
	workload("work/pi", 1, pi),
	workload("work/pi-large", 10, pi),
	workload("work/countdown", 1, countdown),
	workload("work/countdown-large", 10, countdown),
	workload("work/fib", 1, fib),
	workload("work/fib-large", 10, fib),

	sharing("share/20ms", 20*time.Millisecond),
	sharing("share/100us", 100*time.Microsecond),
}

// session is what the cases of a run have in common.
type session struct {
	rounds              int
	scale               float64 // of sizes
	stepsPerMicrosecond float64
	pools               pools
}

// scaled is a number of calls in this run.
func (s *session) scaled(n int) int { return times(n, s.scale) }

// steps is how much arithmetic takes the time d.
func (s *session) steps(d time.Duration) uint64 {
	return uint64(s.stepsPerMicrosecond * float64(d) / float64(time.Microsecond))
}

// options are those of the command line.
type options struct {
	rounds  int
	pattern string
	scale   float64
	json    bool
}

func run(ctx context.Context, w io.Writer, o options) error {
	selected, err := regexp.Compile(o.pattern)
	if err != nil {
		return fmt.Errorf("-case: %w", err)
	}
	if o.rounds < 1 {
		return fmt.Errorf("-runs is %d: give 1 or more", o.rounds)
	}
	if !(o.scale > 0 && o.scale <= 10) {
		return fmt.Errorf("-scale is %g: give a number above 0, up to 10", o.scale)
	}
	workers := runtime.GOMAXPROCS(0)
	p, err := openPools(workers)
	if err != nil {
		return err
	}
	defer p.close()
	s := &session{rounds: o.rounds, scale: o.scale, stepsPerMicrosecond: calibrate(), pools: p}
	report := reporter{w: w, json: o.json}
	report.begin(thisMachine(s))
	found := false
	for _, c := range cases {
		if !selected.MatchString(c.name) {
			continue
		}
		found = true
		result, err := c.run(ctx, s)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		report.add(result)
	}
	if !found {
		return errors.New("-case selects none of the cases")
	}
	return report.end()
}

func main() {
	var o options
	flag.IntVar(&o.rounds, "runs", 7, "rounds after the warm-up")
	flag.StringVar(&o.pattern, "case", "", "regular expression for the names of cases")
	flag.Float64Var(&o.scale, "scale", 1, "multiplies sizes, for a quick look")
	flag.BoolVar(&o.json, "json", false, "write JSON instead of tables, with all samples")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, o); err != nil {
		fmt.Fprintln(os.Stderr, "tasks:", err)
		os.Exit(1)
	}
}
