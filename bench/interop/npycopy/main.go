// Command npycopy copies NumPy's files for npy_check.py, which made them and
// compares: npycopy IN OUT. An array goes to NAME.npy in C order and to
// NAME.f.npy in Fortran order, an archive to NAME.npz. Both are written in small
// parts.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"gabion/array"
	"gabion/io/npy"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: npycopy IN OUT")
		os.Exit(2)
	}
	if err := run(context.Background(), os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, in, out string) error {
	entries, err := os.ReadDir(in)
	if err != nil {
		return err
	}
	for _, e := range entries {
		from, to := filepath.Join(in, e.Name()), filepath.Join(out, e.Name())
		switch filepath.Ext(from) {
		case ".npy":
			err = copyArray(ctx, from, to)
		case ".npz":
			err = copyArchive(ctx, from, to)
		default:
			err = fmt.Errorf("%s is neither a .npy nor a .npz file", from)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// parts is an array in blocks that do not lie side by side in a file.
func parts(a *npy.Array) array.Array {
	x := array.From(a)
	for axis := range x.Shape() {
		x = x.Rechunk(array.ChunksAlong(axis, 3))
	}
	return x
}

func copyArray(ctx context.Context, from, to string) error {
	a, err := npy.Open(from)
	if err != nil {
		return err
	}
	defer a.Close()
	return array.StoreAll(ctx, []array.Output{
		{Array: parts(a), Sink: npy.Create(to)},
		{Array: parts(a), Sink: npy.Create(strings.TrimSuffix(to, ".npy")+".f.npy", npy.FortranOrder())},
	})
}

func copyArchive(ctx context.Context, from, to string) error {
	z, err := npy.OpenZip(from)
	if err != nil {
		return err
	}
	defer z.Close()
	copied := npy.CreateZip(to, z.Names())
	var outputs []array.Output
	for _, name := range z.Names() {
		a, err := z.Array(name)
		if err != nil {
			return err
		}
		outputs = append(outputs, array.Output{Array: parts(a), Sink: copied.Array(name)})
	}
	return array.StoreAll(ctx, outputs)
}
