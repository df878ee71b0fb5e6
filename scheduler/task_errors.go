package scheduler

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"
	"unicode/utf8"

	"gabion/internal/exec"
)

var (
	// ErrClosed reports the use of an engine or a pool that is closed.
	ErrClosed = errors.New("the engine or pool is closed: make another one, or close it later")

	// ErrInsideTask reports a task that would wait for itself: it closes its own
	// engine or pool, or waits for its own result, or for that of a task which
	// waits for it.
	ErrInsideTask = errors.New("a task would wait for itself: close its engine or pool, and ask for its result, from outside of it")

	// ErrTimeout is the cause of a context that Timeout has ended, and of the
	// errors that come from that. It is a context.DeadlineExceeded.
	ErrTimeout error = timeoutError{}

	// ErrGoexit reports a function that ended its goroutine, as t.FailNow does.
	ErrGoexit = exec.ErrGoexit
)

// endError is why a context ended. It is the cause, and what ctx.Err says.
type endError struct{ cause, err error }

func (e *endError) Error() string   { return e.cause.Error() }
func (e *endError) Unwrap() []error { return []error{e.cause, e.err} }

// whyEnded is the error of a context that has ended.
func whyEnded(ctx context.Context) error {
	cause, err := context.Cause(ctx), ctx.Err()
	if errors.Is(cause, err) {
		return cause
	}
	return &endError{cause, err}
}

// orWhyEnded is err, or whyEnded where err says no more than that ctx has ended.
func orWhyEnded(ctx context.Context, err error) error {
	if ctx.Err() != nil && (errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx))) {
		return whyEnded(ctx)
	}
	return err
}

type timeoutError struct{}

func (timeoutError) Error() string        { return "the call took longer than Timeout allows" }
func (timeoutError) Is(target error) bool { return target == context.DeadlineExceeded }
func (timeoutError) Timeout() bool        { return true }

// timedOut is the error of a call whose context is ctx, with ErrTimeout where it
// comes from that.
func timedOut(ctx context.Context, err error) error {
	if err == nil || !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrTimeout) || !errors.Is(context.Cause(ctx), ErrTimeout) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrTimeout, err)
}

// protect makes a panic of a user's function an error, as a task's.
func protect(f func() error) (err error) {
	returned := false
	defer func() {
		if !returned {
			if v := recover(); v != nil {
				err = ended(v)
			}
		}
	}()
	err = f()
	returned = true
	return err
}

// Skip is what a function returns to leave its input out of the results.
//
//lint:ignore ST1012 it is no failure, as fs.SkipDir is none
var Skip = errors.New("scheduler.Skip: leave the input out")

// PanicError is a panic of a user's function: its Value, and the Stack of the
// task from the panic to where the function was called.
type PanicError = exec.PanicError

// TaskError says which task failed, and why.
type TaskError struct {
	Op       string // the function of this package, such as "Map"
	Site     string // file and line of its call
	Index    int    // number of the input; -1 of a future
	Input    string // the input, shortened; "" of a future
	Attempts int    // calls that were made
	Err      error
}

func (e *TaskError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "scheduler.%s (at %s)", e.Op, e.Site)
	if e.Index >= 0 {
		fmt.Fprintf(&b, ", input %d (%s)", e.Index, e.Input)
	}
	if e.Attempts > 1 {
		fmt.Fprintf(&b, ", after %d attempts", e.Attempts)
	}
	fmt.Fprintf(&b, ": %v", e.Err)
	return b.String()
}

func (e *TaskError) Unwrap() error { return e.Err }

// TaskErrors is what AllErrors reports, in the order of the inputs.
type TaskErrors []*TaskError

// shown is how many errors TaskErrors shows.
const shown = 10

// Error shows the first few.
func (e TaskErrors) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d inputs failed:", len(e))
	for i, err := range e {
		if i == shown {
			fmt.Fprintf(&b, "\nand %d more", len(e)-shown)
			break
		}
		fmt.Fprintf(&b, "\n%v", err)
	}
	return b.String()
}

// Unwrap gives all of them.
func (e TaskErrors) Unwrap() []error {
	errs := make([]error, len(e))
	for i, err := range e {
		errs[i] = err
	}
	return errs
}

// site is where a function of this package was called.
type site uintptr

// caller is the site of the call of the function that is skip levels above
// caller's own caller.
func caller(skip int) site {
	var pcs [1]uintptr
	runtime.Callers(skip+3, pcs[:])
	return site(pcs[0])
}

func (s site) String() string {
	if s == 0 {
		return "unknown place"
	}
	frame, _ := runtime.CallersFrames([]uintptr{uintptr(s)}).Next()
	return fmt.Sprintf("%s:%d", frame.File, frame.Line)
}

// mistake is an error of a function of this package that is not a task's.
func mistake(op string, at site, err error) error {
	return fmt.Errorf("scheduler.%s (at %v): %w", op, at, err)
}

// ended is the error of a function that did not return: v is what recover gave.
func ended(v any) error {
	stack := taskStack(debug.Stack())
	if v == nil {
		return &goexitError{stack}
	}
	return &PanicError{Value: v, Stack: stack}
}

// goexitError is ErrGoexit with the stack of the function.
type goexitError struct{ stack []byte }

func (e *goexitError) Error() string { return fmt.Sprintf("%v\n\n%s", ErrGoexit, e.stack) }
func (e *goexitError) Unwrap() error { return ErrGoexit }

// taskStack is the part of a stack from where a function panicked to where this
// package called it.
func taskStack(stack []byte) []byte {
	lines := bytes.SplitAfter(stack, []byte("\n"))
	first, last := 0, len(lines)
	for i, line := range lines {
		switch {
		case bytes.HasPrefix(line, []byte("panic(")), bytes.HasPrefix(line, []byte("runtime.Goexit(")):
			first = i + 2 // each frame takes two lines
		case bytes.HasPrefix(line, []byte("gabion/scheduler.(*rangeJob).work(")), bytes.HasPrefix(line, []byte("gabion/scheduler.(*call).work(")),
			bytes.HasPrefix(line, []byte("gabion/scheduler.(*stream[")), bytes.HasPrefix(line, []byte("gabion/scheduler.protect(")):
			last = i
		}
	}
	for last-2 > first && bytes.HasPrefix(lines[last-2], []byte("gabion/scheduler.")) {
		last -= 2
	}
	return bytes.TrimRight(bytes.Join(lines[min(first, last):last], nil), "\n")
}

// longestInput is how many characters of an input errors show.
const longestInput = 80

// describe is an input, shortened. It reads no more of it than it shows, and
// follows no pointers, behind which other tasks may write.
func describe(v any) (text string) {
	defer func() {
		if recover() != nil { // of a String method
			text = fmt.Sprintf("%T", v)
		}
		text = strings.ReplaceAll(strings.ToValidUTF8(text, "?"), "\n", " ")
		if utf8.RuneCountInString(text) > longestInput {
			text = string([]rune(text)[:longestInput-1]) + "…"
		}
	}()
	switch v := v.(type) {
	case nil:
		return "nil"
	case fmt.Stringer:
		return v.String()
	case error:
		return v.Error()
	}
	return describeValue(reflect.ValueOf(v), 2)
}

func describeValue(v reflect.Value, depth int) string {
	const few = 4
	switch v.Kind() {
	case reflect.String:
		text := v.String()
		if len(text) > 4*longestInput {
			text = text[:4*longestInput]
		}
		return fmt.Sprintf("%q", text)
	case reflect.Slice, reflect.Array:
		var b strings.Builder
		fmt.Fprintf(&b, "%v of %d", v.Type(), v.Len())
		if depth > 0 {
			b.WriteString(" [")
			for i := range min(few, v.Len()) {
				b.WriteString(strings.Repeat(" ", min(i, 1)) + describeValue(v.Index(i), depth-1))
			}
			if v.Len() > few {
				b.WriteString(" …")
			}
			b.WriteString("]")
		}
		return b.String()
	case reflect.Map, reflect.Chan:
		return fmt.Sprintf("%v of %d", v.Type(), v.Len())
	case reflect.Struct:
		if depth == 0 {
			return v.Type().String()
		}
		var b strings.Builder
		b.WriteString("{")
		for i := range min(2*few, v.NumField()) {
			b.WriteString(strings.Repeat(" ", min(i, 1)) + v.Type().Field(i).Name + ":" + describeValue(v.Field(i), depth-1))
		}
		return b.String() + "}"
	case reflect.Interface:
		if v.IsNil() {
			return "nil"
		}
		return describeValue(v.Elem(), depth)
	case reflect.Pointer, reflect.UnsafePointer, reflect.Func:
		return v.Type().String()
	}
	return fmt.Sprint(v) // a number or a bool
}
