// Command winds takes the mean over time away from eleven years of winds and
// stores what is left as a Zarr array.
package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"gabion/array"
	"gabion/io/netcdf"
	"gabion/io/zarr"
)

func main() {
	in, out := "examples/data/monthly_navy_winds.nc", "anomaly.zarr"
	if len(os.Args) > 1 {
		in = os.Args[1]
	}
	if len(os.Args) > 2 {
		out = os.Args[2]
	}
	if err := anomaly(context.Background(), in, out, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "winds:", err)
		os.Exit(1)
	}
}

// anomaly stores UWND - mean(UWND, "TIME") of the netCDF file in as the Zarr
// array out, and prints what it is.
func anomaly(ctx context.Context, in, out string, report io.Writer) error {
	file, err := netcdf.Open(in)
	if err != nil {
		return err
	}
	defer file.Close()
	wind, err := file.Variable("UWND")
	if err != nil {
		return err
	}

	u := array.From(wind)
	anomaly := u.Sub(u.Mean(array.AxesNamed("TIME"))) // nothing is read yet
	fmt.Fprintln(report, anomaly)

	return array.Store(ctx, zarr.Create(out), anomaly) // block by block
}
