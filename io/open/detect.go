package open

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"gabion/io/npy"
	"gabion/io/store"
)

// format is a file format that Open reads.
type format string

const (
	formatNetCDF format = "netCDF classic"
	formatNPY    format = "NumPy .npy"
	formatNPZ    format = "NumPy .npz"
	formatZarr   format = "Zarr"
)

// known are formats that are recognised to say what they are, by their first
// bytes.
var known = []struct{ magic, what string }{
	{"\x89HDF\r\n\x1a\n", "an HDF5 file (netCDF-4 is HDF5 too), which is not read yet; convert it to Zarr or, with nccopy -k cdf5, to classic netCDF"},
	{"\x1f\x8b", "a gzip file; decompress it first"},
	{"BZh", "a bzip2 file; decompress it first"},
	{"\x28\xb5\x2f\xfd", "a Zstandard file; decompress it first"},
	{"GRIB", "a GRIB file, which is not read; convert it to Zarr or classic netCDF"},
	{"ARROW1", "an Arrow file, which is not read yet"},
	{"PAR1", "a Parquet file, which is not read yet"},
	{"II*\x00", "a TIFF image, which is not read"},
	{"MM\x00*", "a TIFF image, which is not read"},
}

// detect finds the format of what lies at path. The error says what it is, or
// what was looked for.
func detect(path string) (format, error) {
	if err := store.Local(path); err != nil {
		return "", err
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("%s: %w", path, fs.ErrNotExist)
	case err != nil:
		return "", err
	case info.IsDir():
		return detectFolder(path)
	case !info.Mode().IsRegular():
		return "", fmt.Errorf("%s: this is neither a file nor a folder but %v", path, info.Mode().Type())
	case info.Size() == 0:
		return "", fmt.Errorf("%s: the file is empty", path)
	}
	return detectFile(path)
}

func detectFolder(path string) (format, error) {
	for _, name := range []string{"zarr.json", ".zarray", ".zgroup", ".zmetadata"} {
		if _, err := os.Stat(filepath.Join(path, name)); err == nil {
			return formatZarr, nil
		}
	}
	return "", fmt.Errorf("%s: the folder holds no zarr.json, .zarray or .zgroup: it is not a Zarr array or group, or was never finished", path)
}

func detectFile(path string) (format, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	head := make([]byte, 8)
	n, err := io.ReadFull(file, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	head = head[:n]
	if bytes.HasPrefix(head, []byte("CDF")) {
		return formatNetCDF, nil // of versions that do not exist package netcdf says so
	}
	if bytes.HasPrefix(head, []byte("\x93NUMPY")) {
		return formatNPY, nil
	}
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06")) {
		return detectZip(path)
	}
	for _, k := range known {
		if bytes.HasPrefix(head, []byte(k.magic)) {
			return "", fmt.Errorf("%s: this is %s", path, k.what)
		}
	}
	// HDF5 files may begin with a block of anything, of 512 bytes or a
	// power of two times as many.
	for at := int64(512); at <= 1<<20; at *= 2 {
		if _, err := file.ReadAt(head[:cap(head)], at); err != nil {
			break
		}
		if string(head[:cap(head)]) == known[0].magic {
			return "", fmt.Errorf("%s: this is %s", path, known[0].what)
		}
	}
	switch filepath.Base(path) {
	case "zarr.json", ".zarray", ".zgroup":
		return "", fmt.Errorf("%s: this is the metadata of a Zarr array; name its folder, %s", path, filepath.Dir(path))
	}
	return "", fmt.Errorf("%s: unknown format: a .npy file begins with \\x93NUMPY, a classic netCDF file begins with CDF, this one with %q; a Zarr array is a folder that holds zarr.json or .zarray", path, head[:n])
}

// detectZip tells .npz archives from other zip files, such as zipped Zarr stores.
func detectZip(path string) (format, error) {
	z, err := npy.OpenZip(path)
	if err != nil {
		return "", err
	}
	if err := z.Close(); err != nil {
		return "", err
	}
	if len(z.Names()) == 0 {
		return "", fmt.Errorf("%s: this is a zip file in which nothing is called .npy; if it is a zipped Zarr store, unpack it", path)
	}
	return formatNPZ, nil
}
