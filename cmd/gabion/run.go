package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/alecthomas/kong"

	"gabion/array/expr"
	"gabion/internal/plan"
)

// The exit statuses.
const (
	succeeded  = 0
	failed     = 1
	wrongUsage = 2
)

// commands is the command line.
type commands struct {
	Info  infoCommand  `cmd:"" help:"Show what a file holds."`
	Eval  evalCommand  `cmd:"" help:"Compute an expression over files."`
	Run   runCommand   `cmd:"" help:"Run a plan document: what to read, compute and write, as JSON."`
	Serve serveCommand `cmd:"" help:"Answer plan documents from another program, one after the other."`
	Ops   opsCommand   `cmd:"" help:"List the operations of expressions and plan documents."`

	Version kong.VersionFlag `help:"Show the version."`
}

// version is that of the module, and of the revision where it was built from a
// repository.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "gabion, of an unknown version"
	}
	text := "gabion " + info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && !strings.Contains(text, s.Value[:min(12, len(s.Value))]) {
			text += " " + s.Value
		}
	}
	return text + ", " + info.GoVersion
}

const description = `Gabion computes with arrays that do not fit in memory.

  gabion info winds.nc
  gabion eval 'UWND - mean(UWND, "TIME")' --in winds.nc --out anomaly.zarr
  gabion run plan.json
  gabion serve --stdio`

// usageError is a mistake in the use of the command.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// goHeap bounds what Go keeps beside the blocks, which are outside its heap and
// within the budget: so the process stays within the budget plus 64 MiB.
const goHeap = 40 << 20

// run is the command: it gives the exit status.
func run(ctx context.Context, args []string, to streams) int {
	defer allowHeap(0)()
	return report(to.err, execute(ctx, args, to))
}

// allowHeap lets Go's heap hold a number of bytes of data beside what it needs
// otherwise. The function that it gives takes that back.
func allowHeap(data int64) (back func()) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return func() {}
	}
	before := debug.SetMemoryLimit(goHeap + data)
	return func() { debug.SetMemoryLimit(before) }
}

func execute(ctx context.Context, args []string, to streams) error {
	helped := false
	var cli commands
	parser, err := kong.New(&cli, kong.Name("gabion"), kong.Description(description), kong.Writers(to.out, to.err), kong.Vars{"version": version()},
		kong.Exit(func(int) { helped = true }), kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(to))
	if err != nil {
		return err
	}
	parsed, err := parser.Parse(guarded(args))
	switch {
	case helped:
		return nil
	case err != nil:
		return usagef("%w; gabion --help shows the commands", err)
	}
	return parsed.Run()
}

// streams is where a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer

	// abandon ends the process where nothing else can: no signal ends a read
	// of a pipe. nil leaves the read to its end.
	abandon func()
}

// guarded is args in which values that begin with a minus sign, such as the
// expression -x, are not taken for flags: there are no flags of one letter but
// -h. unguarded takes the space back.
func guarded(args []string) []string {
	out := make([]string, len(args))
	for i, arg := range args {
		out[i] = arg
		if len(arg) > 1 && arg[0] == '-' && arg[1] != '-' && arg != "-h" {
			out[i] = " " + arg
		}
	}
	return out
}

func unguarded(arg string) string {
	if strings.HasPrefix(arg, " -") {
		return arg[1:]
	}
	return arg
}

// report says what went wrong, in the terms of the command line, and gives the
// exit status.
func report(stderr io.Writer, err error) int {
	if err == nil {
		return succeeded
	}
	message := overwriteAdvice(err, "add --overwrite")
	status := failed
	var mistake *expr.Error
	var budget *plan.BudgetError
	var usage usageError
	switch {
	case errors.As(err, &mistake):
		status = wrongUsage
		if mistake.Text != "" {
			message += "\n" + indented(mistake.Pointer())
		}
	case errors.As(err, &usage):
		status = wrongUsage
	case errors.As(err, &budget):
		message = budgetAdvice(budget)
	}
	fmt.Fprintf(stderr, "gabion: %s\n", message)
	return status
}

// overwriteAdvice is an error that tells the way to replace what is there.
func overwriteAdvice(err error, way string) string {
	return strings.NewReplacer("use zarr.Overwrite()", way, "use npy.Overwrite()", way).Replace(err.Error())
}

func budgetAdvice(err *plan.BudgetError) string {
	return fmt.Sprintf("%s: run it with --memory %s or more, or with %s", err.Reason(), plan.Size(err.Enough()), err.Chunks())
}

func indented(text string) string { return "  " + strings.ReplaceAll(text, "\n", "\n  ") }
