// Command customformat stores an array in a format of its own and reads it back.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"gabion/array"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "customformat:", err)
		os.Exit(1)
	}
}

// run stores a table of squares at the path in args, or in a folder that it
// removes afterwards, and prints means that it reads from there.
func run(ctx context.Context, args []string, out io.Writer) error {
	var path string
	if len(args) > 0 {
		path = args[0]
	} else {
		folder, err := os.MkdirTemp("", "")
		if err != nil {
			return err
		}
		defer os.RemoveAll(folder)
		path = filepath.Join(folder, "squares.brick")
	}

	i := array.Arange[float64](0, 1_000_000, 1).Reshape(1000, 1000)
	squares := i.Mul(i).Rechunk(array.Chunks(300, 400))
	if err := array.Store(ctx, Create(path, true), squares); err != nil {
		return err
	}

	src, err := Open(path)
	if err != nil {
		return err
	}
	stored := array.From(src)
	means, err := array.Values[float64](ctx, stored.Slice("990:").Mean(array.Axes(1)))
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s\n", filepath.Base(path))
	fmt.Fprintln(out, stored)
	fmt.Fprintln(out, "mean of the last row:", means[9])
	return nil
}
