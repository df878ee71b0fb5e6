// Package open reads arrays from files without being told their format, which
// it finds from the content, and writes to the format that a name asks for.
//
//	source, err := open.Open("winds.nc", "UWND") // a block.Source
//	info, err := open.Describe("winds.nc")       // what the file holds
//
// Read are the classic netCDF formats (package netcdf) and Zarr arrays and groups
// of versions 2 and 3 in folders (package zarr). Written is Zarr 3, or 2 where the
// options say so.
package open

import (
	"fmt"
	"path/filepath"
	"strings"

	"gabion/block"
	"gabion/io/netcdf"
	"gabion/io/zarr"
)

// Open is a variable of the file at path as an array. variable is its name, for
// an array in a group of a Zarr group with slashes: group/array. It may be ""
// where the file holds a single variable that is not a coordinate. The error
// lists the variables there are.
func Open(path, variable string) (block.Source, error) {
	format, err := detect(path)
	if err != nil {
		return nil, err
	}
	if variable == "" {
		info, err := Describe(path)
		if err != nil {
			return nil, err
		}
		if info.Single {
			return zarr.Open(path)
		}
		if variable, err = info.only(); err != nil {
			return nil, err
		}
	}
	if format == formatNetCDF {
		file, err := netcdf.Open(path)
		if err != nil {
			return nil, err
		}
		v, err := file.Variable(variable)
		if err != nil {
			return nil, err
		}
		return v, nil
	}
	a, err := openZarr(path, variable)
	if err != nil {
		return nil, err
	}
	return a, nil
}

// openZarr is the array of the given name, with slashes, in a group.
func openZarr(path, variable string) (*zarr.Array, error) {
	_, arrayErr := zarr.Open(path)
	if arrayErr == nil {
		return nil, fmt.Errorf("%s is one array, it has no variable %q; leave the name out", path, variable)
	}
	group, err := zarr.OpenGroup(path)
	if err != nil {
		return nil, arrayErr
	}
	parts := strings.Split(variable, "/")
	for _, part := range parts[:len(parts)-1] {
		if group, err = group.Group(part); err != nil {
			return nil, err
		}
	}
	name := parts[len(parts)-1]
	names, err := group.Arrays()
	if err != nil {
		return nil, err
	}
	for _, n := range names {
		if n == name {
			return group.Array(name)
		}
	}
	info, err := Describe(path)
	if err != nil {
		return nil, err
	}
	return nil, fmt.Errorf("%s: there is no array %q; the arrays are %s", path, variable, quoted(info.names()))
}

// notWritten are the endings of names that ask for a format that Create does
// not write.
var notWritten = []string{".nc", ".nc3", ".nc4", ".cdf", ".h5", ".hdf5", ".he5", ".npy", ".npz", ".csv", ".txt", ".json",
	".parquet", ".arrow", ".feather", ".tif", ".tiff", ".grib", ".grb", ".mat", ".zip", ".gz"}

// Create is a place for an array at path, in the format that the name asks for:
// a Zarr array in a folder, whatever its name, unless the name ends as files of
// another format do, which is refused. Nothing is written before the sink's
// Begin; see zarr.Create.
func Create(path string, opts ...zarr.Option) (*zarr.Writer, error) {
	ending := strings.ToLower(filepath.Ext(path))
	for _, e := range notWritten {
		if ending == e {
			return nil, fmt.Errorf("%s: files ending in %s are not written; Zarr is: use a name such as %s.zarr",
				path, ending, strings.TrimSuffix(path, filepath.Ext(path)))
		}
	}
	return zarr.Create(path, opts...), nil
}
