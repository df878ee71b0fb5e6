package scheduler

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"time"
)

// Workers is where tasks run: an Engine, whose workers and memory they share with
// plans, or a Pool.
type Workers interface{ workersOf() *crew }

// MapOption says how Map, ForEach, MapSeq and Reduce work. Of an option that is
// given twice the last counts.
type MapOption interface{ settleMap(*taskOptions) }

// SubmitOption says how Submit and Then work.
type SubmitOption interface{ settleSubmit(*taskOptions) }

// Option is a MapOption and a SubmitOption.
type Option interface {
	MapOption
	SubmitOption
}

type taskOptions struct {
	on       Workers
	timeout  time.Duration
	retries  Retries
	all      bool
	fast     bool // unordered
	window   int
	limit    int // calls at once
	meter    Meter
	memory   int64
	after    []*call
	mistakes []error
}

func (o *taskOptions) mistake(format string, args ...any) {
	o.mistakes = append(o.mistakes, fmt.Errorf(format, args...))
}

type (
	anyOption    func(*taskOptions)
	mapOption    func(*taskOptions)
	submitOption func(*taskOptions)
)

func (f anyOption) settleMap(o *taskOptions)       { f(o) }
func (f anyOption) settleSubmit(o *taskOptions)    { f(o) }
func (f mapOption) settleMap(o *taskOptions)       { f(o) }
func (f submitOption) settleSubmit(o *taskOptions) { f(o) }

// On runs tasks on an engine or a pool. Without it they run on the default
// engine.
func On(where Workers) Option {
	return anyOption(func(o *taskOptions) {
		if v := reflect.ValueOf(where); where == nil || v.Kind() == reflect.Pointer && v.IsNil() {
			o.mistake("On was given a nil %T: leave it out for the default engine", where)
			return
		}
		if o.on = where; where.workersOf().size < 1 {
			o.mistake("On was given an empty %T: scheduler.New makes engines and scheduler.NewPool pools", where)
		}
	})
}

// Timeout ends the context of a call after d, with ErrTimeout as its cause; of
// each attempt apart where there are several. A function that does not look at
// its context is not stopped; what it returns then counts.
func Timeout(d time.Duration) Option {
	return anyOption(func(o *taskOptions) {
		if o.timeout = d; d <= 0 {
			o.mistake("Timeout is %v: give a positive time, or leave it out", d)
		}
	})
}

// Retry calls a function again after an error. No worker waits meanwhile. A
// panic is not tried again, nor is Skip, nor an error after the context of the
// whole has ended.
func Retry(r Retries) Option {
	return anyOption(func(o *taskOptions) {
		o.retries = r
		o.mistakes = append(o.mistakes, r.validate()...)
	})
}

// Retries says when a function is called again after an error: after Delay, then
// after twice that, and so on up to MaxDelay. Each wait is shortened by a random
// part, up to half of it, so that many failures at once do not come back at once.
type Retries struct {
	Attempts int              // calls at most, with the first
	Delay    time.Duration    // before the second call; 0 means at once
	MaxDelay time.Duration    // the longest wait; 0 means a minute
	If       func(error) bool // whether an error is worth another call; nil means that each is
}

func (r Retries) validate() (mistakes []error) {
	if r.Attempts < 1 {
		mistakes = append(mistakes, fmt.Errorf("Retries.Attempts is %d: give the number of calls, with the first, or leave Retry out", r.Attempts))
	}
	if r.Delay < 0 || r.MaxDelay < 0 {
		mistakes = append(mistakes, fmt.Errorf("Retries.Delay is %v and MaxDelay %v: neither may be negative", r.Delay, r.MaxDelay))
	}
	return mistakes
}

// again is how long to wait before the next call, after made calls of which the
// last gave err.
func (r Retries) again(made int, err error) (delay time.Duration, again bool) {
	if made >= r.Attempts || r.If != nil && !r.If(err) {
		return 0, false
	}
	longest := r.MaxDelay
	if longest == 0 {
		longest = time.Minute
	}
	delay = r.Delay
	for i := 1; i < made && delay < longest; i++ {
		delay *= 2
	}
	if delay = min(delay, longest); delay > 1 {
		delay -= time.Duration(rand.Int64N(int64(delay / 2)))
	}
	return delay, true
}

// AllErrors goes on after an error, and reports all of them in the order of the
// inputs.
func AllErrors() MapOption { return mapOption(func(o *taskOptions) { o.all = true }) }

// Unordered makes MapSeq yield results as they come instead of in the order of
// the inputs.
func Unordered() MapOption { return mapOption(func(o *taskOptions) { o.fast = true }) }

// Window bounds how many inputs MapSeq takes before their results were yielded.
// Without it a few for each worker are taken, and more of them the shorter the
// calls are.
func Window(n int) MapOption {
	return mapOption(func(o *taskOptions) {
		if o.window = n; n < 1 {
			o.mistake("Window is %d: give a positive number of inputs, or leave it out", n)
		}
	})
}

// Limit bounds how many calls run at once, where fewer are wanted than there are
// workers.
func Limit(n int) MapOption {
	return mapOption(func(o *taskOptions) {
		if o.limit = n; n < 1 {
			o.mistake("Limit is %d: give a positive number of calls, or leave it out", n)
		}
	})
}

// Progress tells a meter, such as one of package progress, how many inputs there
// are and how many are finished: not those that have merely begun.
func Progress(m Meter) MapOption {
	return mapOption(func(o *taskOptions) { o.meter = m })
}

// Meter is told how far work is. It is called by several goroutines at once.
type Meter interface {
	Expect(n int) // n more inputs are to come
	Add(n int)    // n more are finished
}

// Memory counts n bytes against the memory budget of the engine while a call
// runs: that much a call may hold in memory of its own. As many calls run at
// once as there is room for beside plans; the first waits until there is room
// for one.
func Memory(n int64) MapOption {
	return mapOption(func(o *taskOptions) {
		if o.memory = n; n < 0 {
			o.mistake("Memory is %d bytes: give a positive number, or leave it out", n)
		}
	})
}

// After makes a task start when futures are done, without a worker that waits
// for them. If one fails the task does not run, and fails with its error.
func After[F Awaitable](futures ...F) SubmitOption {
	return submitOption(func(o *taskOptions) {
		for i, f := range futures {
			c := callOf(f)
			if c == nil {
				o.mistake("After was given a nil future, number %d", i)
				continue
			}
			o.after = append(o.after, c)
		}
	})
}

// mapOptions takes the options of a map over ctx, and finds its workers.
func mapOptions(ctx context.Context, opts []MapOption) (*taskOptions, *crew, error) {
	options := &taskOptions{}
	for _, o := range opts {
		if o != nil {
			o.settleMap(options)
		}
	}
	crew, err := options.settled()
	if err == nil && ctx == nil {
		err = errNilContext
	}
	return options, crew, err
}

// settled finds where the tasks run, and what is wrong with the options.
func (o *taskOptions) settled() (*crew, error) {
	if len(o.mistakes) > 0 {
		return nil, errors.Join(o.mistakes...)
	}
	if o.on == nil {
		e, err := Default()
		if err != nil {
			return nil, err
		}
		o.on = e
	}
	return o.on.workersOf(), nil
}
