// Command gabion looks at array files and computes with them, within a budget
// of memory:
//
//	gabion info winds.nc
//	gabion eval 'UWND - mean(UWND, "TIME")' --in winds.nc --out anomaly.zarr --memory 64MiB
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
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}
