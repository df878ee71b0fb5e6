// Package open reads arrays from files without being told their format, which
// it finds from the content, and writes to the format that a name asks for.
//
//	source, err := open.Open("winds.nc", "UWND") // a block.Source
//	info, err := open.Describe("winds.nc")       // what the file holds
//
// Read are the classic netCDF formats (package netcdf), Zarr arrays and groups of
// versions 2 and 3 in folders (package zarr), and NumPy's .npy and .npz files
// (package npy). Written are .npy, .npz and Zarr 3, or 2 where the options say so.
package open

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"gabion/block"
	"gabion/io/netcdf"
	"gabion/io/npy"
	"gabion/io/store"
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
	single := false
	if variable == "" {
		info, err := Describe(path)
		if err != nil {
			return nil, err
		}
		if single = info.Single; !single {
			if variable, err = info.only(); err != nil {
				return nil, err
			}
		}
	}
	switch {
	case format == formatNetCDF:
		return opened(openNetCDF(path, variable))
	case format == formatNPZ:
		return opened(openNPZ(path, variable))
	case format == formatNPY:
		return opened(openNPY(path, variable))
	case single:
		return opened(zarr.Open(path))
	}
	return opened(openZarr(path, variable))
}

// opened is a source, or nil beside an error.
func opened[S block.Source](source S, err error) (block.Source, error) {
	if err != nil {
		return nil, err
	}
	return source, nil
}

func notSeveral(path, variable string) error {
	return fmt.Errorf("%s is one array, it has no variable %q; leave the name out", path, variable)
}

func openNetCDF(path, variable string) (*netcdf.Variable, error) {
	file, err := netcdf.Open(path)
	if err != nil {
		return nil, err
	}
	return file.Variable(variable)
}

func openNPY(path, variable string) (*npy.Array, error) {
	a, err := npy.Open(path)
	if err == nil && variable != "" {
		err = errors.Join(notSeveral(path, variable), a.Close())
	}
	return a, err
}

func openNPZ(path, variable string) (*npy.Array, error) {
	z, err := npy.OpenZip(path)
	if err != nil {
		return nil, err
	}
	a, err := z.Array(variable)
	if err != nil {
		return nil, errors.Join(err, z.Close())
	}
	return a, nil
}

// openZarr is the array of the given name, with slashes, in a group.
func openZarr(path, variable string) (*zarr.Array, error) {
	_, arrayErr := zarr.Open(path)
	if arrayErr == nil {
		return nil, notSeveral(path, variable)
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

// fileEnding is the ending of a name that stands for a format; that of results.v1.2
// does not.
var fileEnding = regexp.MustCompile(`^\.[a-z][a-z0-9_]*$`)

// Sink is a place for an array, and its path.
type Sink interface {
	block.Sink
	block.SinkName
}

// CreateOption is a setting of Create.
type CreateOption func(*createSettings)

type createSettings struct {
	overwrite bool
	format    string
	member    string
	zarr      []zarr.Option
}

// Overwrite allows what is there to be replaced, if it is of the same format. It
// stays, whole and readable, until the new array is complete.
func Overwrite() CreateOption { return func(s *createSettings) { s.overwrite = true } }

// Format is the format to write, zarr, npy or npz, whatever a name of a Zarr array ends
// in. NumPy's files are called after their format.
func Format(name string) CreateOption { return func(s *createSettings) { s.format = name } }

// Member is the name of the array in the Zarr group at the path, which is made if
// nothing is there, or in the .npz archive.
func Member(name string) CreateOption { return func(s *createSettings) { s.member = name } }

// Zarr gives settings that only Zarr has, such as its version. Create refuses them
// for a name that asks for another format.
func Zarr(opts ...zarr.Option) CreateOption {
	return func(s *createSettings) { s.zarr = append(s.zarr, opts...) }
}

// onlyName is the name of the array in a .npz archive of one, as numpy.savez
// names it.
const onlyName = "arr_0"

// Create is a place for an array at path, in the format that the name asks for: a
// NumPy file if it ends in .npy, an archive of one array, arr_0, if it ends in
// .npz, a Zarr array in a folder if it ends in .zarr or has no ending, as v1.2 has
// none. Any other ending is refused unless Format is given. Nothing is written before
// the sink's Begin; see zarr.Create and npy.Create.
func Create(path string, opts ...CreateOption) (Sink, error) {
	var s createSettings
	for _, o := range opts {
		o(&s)
	}
	if err := store.Local(path); err != nil {
		return nil, err
	}
	ending := strings.ToLower(filepath.Ext(path))
	switch s.format {
	case "":
		switch {
		case ending == ".npy", ending == ".npz":
			return createNPY(path, ending, s)
		case ending != ".zarr" && fileEnding.MatchString(ending):
			return nil, fmt.Errorf("%s: files ending in %s are not written; those ending in .zarr, .npy and .npz are: use a name such as %s.zarr, or give the format",
				path, ending, strings.TrimSuffix(path, filepath.Ext(path)))
		}
	case "npy", "npz":
		if ending != "."+s.format {
			return nil, fmt.Errorf("%s: a file of format %s is called %s.%s", path, s.format, path, s.format)
		}
		return createNPY(path, ending, s)
	case "zarr":
	default:
		return nil, fmt.Errorf("%s: %s is not written; zarr, npy and npz are", path, s.format)
	}
	if s.overwrite {
		s.zarr = append(s.zarr, zarr.Overwrite())
	}
	if s.member != "" {
		return zarr.CreateMember(path, s.member, s.zarr...), nil
	}
	return zarr.Create(path, s.zarr...), nil
}

func createNPY(path, ending string, s createSettings) (Sink, error) {
	if s.zarr != nil {
		return nil, fmt.Errorf("%s: there are settings for Zarr, the name asks for a file of NumPy's: use a name such as %s.zarr",
			path, strings.TrimSuffix(path, filepath.Ext(path)))
	}
	var opts []npy.CreateOption
	if s.overwrite {
		opts = append(opts, npy.Overwrite())
	}
	if ending == ".npy" {
		if s.member != "" {
			return nil, fmt.Errorf("%s: a .npy file holds one array and no names; leave %q out, or write a .npz archive", path, s.member)
		}
		return npy.Create(path, opts...), nil
	}
	name := cmp.Or(s.member, onlyName)
	return npy.CreateZip(path, []string{name}, opts...).Array(name), nil
}
