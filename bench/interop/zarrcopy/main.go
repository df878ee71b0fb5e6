// Command zarrcopy copies the arrays of a Zarr group into a new group, for
// zarr_check.py, which made the one and reads the other with another
// implementation: zarrcopy FROM TO VERSION.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"

	"gabion/array"
	"gabion/io/zarr"
	"gabion/scheduler"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: zarrcopy FROM TO VERSION")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(from, to, version string) (err error) {
	format, err := strconv.Atoi(version)
	if err != nil {
		return err
	}
	source, err := zarr.OpenGroup(from)
	if err != nil {
		return err
	}
	target, err := zarr.CreateGroup(to, source.Attributes(), zarr.Version(format))
	if err != nil {
		return err
	}
	names, err := source.Arrays()
	if err != nil {
		return err
	}
	engine, err := scheduler.New(scheduler.Options{Memory: 16 << 20})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	for _, name := range names {
		a, err := source.Array(name)
		if err != nil {
			return err
		}
		if err := array.Store(context.Background(), target.Create(name), array.From(a), array.On(engine)); err != nil {
			return err
		}
	}
	return nil
}
