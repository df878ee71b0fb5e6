package open

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"gabion/block"
	"gabion/io/netcdf"
	"gabion/io/npy"
	"gabion/io/zarr"
)

// Info is what a file or folder holds, as its metadata says.
type Info struct {
	Path       string
	Format     string // such as "netCDF classic"
	Dimensions []netcdf.Dimension
	Variables  []Variable
	Attributes block.Attributes // of the file as a whole
	Single     bool             // whether it is one array: its name is the file's, and is left out
}

// Variable is one array of a file.
type Variable struct {
	Name        string
	Description block.Description // the array that Open gives; of an unreadable variable only the attributes
	Coordinate  bool              // whether it holds the places along the dimension it is named after
	Stored      string            // the format's name of the stored type
	Err         error             // why it cannot be read as an array
}

// Data lists the variables that are neither coordinates nor unreadable.
func (i Info) Data() []Variable {
	var data []Variable
	for _, v := range i.Variables {
		if !v.Coordinate && v.Err == nil {
			data = append(data, v)
		}
	}
	return data
}

func (i Info) names() []string {
	names := make([]string, len(i.Variables))
	for k, v := range i.Variables {
		names[k] = v.Name
	}
	return names
}

// only is the name of the single variable that is not a coordinate.
func (i Info) only() (string, error) {
	data := i.Data()
	switch len(data) {
	case 1:
		return data[0].Name, nil
	case 0:
		if len(i.Variables) == 0 {
			return "", fmt.Errorf("%s holds no arrays", i.Path)
		}
		return "", fmt.Errorf("%s holds only coordinates and what cannot be read as an array: %s; name one", i.Path, quoted(i.names()))
	}
	names := make([]string, len(data))
	for k, v := range data {
		names[k] = v.Name
	}
	return "", fmt.Errorf("%s holds %d variables: %s; name one", i.Path, len(data), quoted(names))
}

// Describe reads the metadata of the file or folder at path.
func Describe(path string) (Info, error) {
	format, err := detect(path)
	if err != nil {
		return Info{}, err
	}
	switch format {
	case formatNetCDF:
		return describeNetCDF(path)
	case formatNPY:
		return describeNPY(path)
	case formatNPZ:
		return describeNPZ(path)
	}
	return describeZarr(path)
}

func describeNPY(path string) (Info, error) {
	a, err := npy.Open(path)
	if err != nil {
		return Info{}, err
	}
	name := filepath.Base(filepath.Clean(path))
	v := npyVariable(strings.TrimSuffix(name, filepath.Ext(name)), a)
	return Info{Path: path, Format: string(formatNPY), Single: true, Variables: []Variable{v}}, a.Close()
}

func describeNPZ(path string) (Info, error) {
	z, err := npy.OpenZip(path)
	if err != nil {
		return Info{}, err
	}
	info := Info{Path: path, Format: string(formatNPZ)}
	for _, name := range z.Names() {
		a, err := z.Array(name)
		if err != nil {
			info.Variables = append(info.Variables, Variable{Name: name, Err: err})
			continue
		}
		info.Variables = append(info.Variables, npyVariable(name, a))
	}
	return info, z.Close()
}

func npyVariable(name string, a *npy.Array) Variable {
	d := a.Describe()
	return Variable{Name: name, Description: d, Stored: d.DType.String()}
}

func describeNetCDF(path string) (info Info, err error) {
	file, err := netcdf.Open(path)
	if err != nil {
		return Info{}, err
	}
	defer func() {
		if closeErr := file.Close(); err == nil {
			err = closeErr
		}
	}()
	info = Info{Path: path, Format: string(formatNetCDF), Dimensions: file.Dimensions(), Attributes: file.Attributes()}
	for _, name := range file.Variables() {
		stored, err := file.Info(name)
		if err != nil {
			return Info{}, err
		}
		v := Variable{Name: name, Stored: stored.Type, Coordinate: len(stored.Dimensions) == 1 && stored.Dimensions[0] == name}
		source, err := file.Variable(name)
		if err != nil {
			v.Err = err
			v.Description.Attrs = stored.Attributes
		} else {
			v.Description = source.Describe()
		}
		info.Variables = append(info.Variables, v)
	}
	return info, nil
}

func describeZarr(path string) (Info, error) {
	info := Info{Path: path}
	array, arrayErr := zarr.Open(path)
	if arrayErr == nil {
		info.Format = zarrFormat(array.Version())
		info.Single = true
		info.Variables = []Variable{zarrVariable(strings.TrimSuffix(filepath.Base(filepath.Clean(path)), ".zarr"), array)}
		return info, nil
	}
	group, err := zarr.OpenGroup(path)
	if err != nil {
		return Info{}, arrayErr
	}
	info.Format = zarrFormat(group.Version())
	info.Attributes = group.Attributes()
	return info, info.addGroup("", group, 0)
}

func zarrFormat(version int) string { return fmt.Sprintf("%s %d", formatZarr, version) }

// maxNesting bounds groups in groups, which links in a folder could make
// endless.
const maxNesting = 16

func (i *Info) addGroup(prefix string, group *zarr.Group, depth int) error {
	names, err := group.Arrays()
	if err != nil {
		return err
	}
	slices.Sort(names)
	for _, name := range names {
		array, err := group.Array(name)
		if err != nil {
			i.Variables = append(i.Variables, Variable{Name: prefix + name, Err: err})
			continue
		}
		i.Variables = append(i.Variables, zarrVariable(prefix+name, array))
	}
	if depth == maxNesting {
		return nil
	}
	groups, err := group.Groups()
	if err != nil {
		return err
	}
	slices.Sort(groups)
	for _, name := range groups {
		inner, err := group.Group(name)
		if err != nil {
			return err
		}
		if err := i.addGroup(prefix+name+"/", inner, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func zarrVariable(name string, array *zarr.Array) Variable {
	d := array.Describe()
	base := name[strings.LastIndexByte(name, '/')+1:]
	return Variable{Name: name, Description: d, Stored: d.DType.String(), Coordinate: len(d.Names) == 1 && d.Names[0] == base}
}

// quoted lists names for an error.
func quoted(names []string) string {
	const most = 50
	parts := make([]string, 0, len(names))
	for i, name := range names {
		if i == most {
			return strings.Join(parts, ", ") + fmt.Sprintf(" and %d more", len(names)-most)
		}
		parts = append(parts, fmt.Sprintf("%q", name))
	}
	return strings.Join(parts, ", ")
}
