// Command gabion looks at array files and computes with them, within a budget
// of memory:
//
//	gabion info winds.nc
//	gabion eval 'UWND - mean(UWND, "TIME")' --in winds.nc --out anomaly.zarr --memory 64MiB
//	gabion run plan.json
//
// and answers programs in other languages: gabion serve --stdio. What these two take
// is in docs/plan-document.md, and gabion ops lists the operations.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	abandon := func() { os.Exit(failed) }
	os.Exit(run(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr, abandon}))
}
