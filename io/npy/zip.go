package npy

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
)

// Zip is an open .npz archive. Its methods may be called by several goroutines at
// once.
type Zip struct {
	path    string
	file    io.ReaderAt
	size    int64
	close   func() error
	empty   bool // it has no members at all
	names   []string
	members map[string]*zip.File

	mu       sync.Mutex
	unpacked map[string]*unpacked // of compressed members, what arrays share
}

// OpenZip reads the directory of the .npz archive at path. Its arrays share its
// descriptor: reading from them fails after Close. A Zip that is not closed is
// closed when neither it nor an array of it can be reached any more.
func OpenZip(path string) (*Zip, error) {
	f, size, err := openFile(path)
	if err != nil {
		return nil, err
	}
	z, err := newZip(path, f, size)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	z.close = f.Close
	return z, nil
}

// newZip is the archive of the given size in file. path is its name.
func newZip(path string, file io.ReaderAt, size int64) (*Zip, error) {
	z := &Zip{path: path, file: file, size: size, close: func() error { return nil }, members: map[string]*zip.File{}, unpacked: map[string]*unpacked{}}
	if err := z.list(); err != nil {
		return nil, fmt.Errorf("npy: %s: %w", path, err)
	}
	return z, nil
}

// ending is what the names of members end with that are arrays.
const ending = ".npy"

func (z *Zip) list() error {
	directory, err := zip.NewReader(z.file, z.size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // nothing is unpacked under these names
		return fmt.Errorf("this is not a .npz archive, or it is truncated: %w", err)
	}
	z.empty = len(directory.File) == 0
	for _, f := range directory.File {
		name, found := strings.CutSuffix(f.Name, ending)
		if !found {
			continue
		}
		if z.members[name] != nil {
			return fmt.Errorf("two members are called %q", f.Name)
		}
		z.names = append(z.names, name)
		z.members[name] = f
	}
	return nil
}

// Names lists the arrays in the order of the archive, without the .npy that their
// members' names end with. Other members are left out.
func (z *Zip) Names() []string { return append([]string(nil), z.names...) }

// Close closes the archive, also for the arrays taken from it, and removes what
// was unpacked.
func (z *Zip) Close() error {
	z.mu.Lock()
	defer z.mu.Unlock()
	err := z.close()
	for _, u := range z.unpacked {
		err = errors.Join(err, u.close())
	}
	clear(z.unpacked)
	return err
}

// Array is the array of the given name. Opening it reads its header.
func (z *Zip) Array(name string, opts ...OpenOption) (*Array, error) {
	f := z.members[name]
	if f == nil {
		return nil, fmt.Errorf("npy: %s: there is no array %q; the arrays are %s", z.path, name, quoted(z.names))
	}
	a, err := z.array(name, f, opts)
	if err != nil {
		return nil, fmt.Errorf("npy: %s: array %q: %w", z.path, name, err)
	}
	return a, nil
}

func (z *Zip) array(name string, f *zip.File, opts []OpenOption) (*Array, error) {
	const encrypted = 1 // a flag
	if f.Flags&encrypted != 0 {
		return nil, errors.New("it is encrypted")
	}
	begin, err := f.DataOffset()
	if err != nil {
		return nil, fmt.Errorf("its header in the archive cannot be read: %w", err)
	}
	size := f.UncompressedSize64
	if room := z.size - begin; room < 0 || f.CompressedSize64 > uint64(room) || size > maxBytes {
		return nil, fmt.Errorf("its %d bytes at byte %d are not inside the archive of %d bytes", f.CompressedSize64, begin, z.size)
	}
	var start io.ReadCloser
	switch f.Method {
	case zip.Store:
		if f.CompressedSize64 != size {
			return nil, fmt.Errorf("it is stored in %d bytes, but has %d", f.CompressedSize64, size)
		}
		start = io.NopCloser(io.NewSectionReader(z.file, begin, int64(size)))
	case zip.Deflate:
		if start, err = f.Open(); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("it is compressed by method %d of zip; only stored and deflated members are read", f.Method)
	}
	h, err := readHeader(start, int64(size))
	if err = errors.Join(err, start.Close()); err != nil {
		return nil, err
	}
	var data stored = file{z.file}
	if f.Method == zip.Store {
		h.first += begin
	} else {
		data = z.unpackedMember(name, f, h)
	}
	return newArray(z.path+":"+name, h, data, opts)
}

// unpackedMember is what arrays of one member share.
func (z *Zip) unpackedMember(name string, f *zip.File, h header) *unpacked {
	z.mu.Lock()
	defer z.mu.Unlock()
	u := z.unpacked[name]
	if u == nil {
		u = &unpacked{archive: z, open: f.Open, size: h.first + h.bytes(), last: h.first+h.bytes() == int64(f.UncompressedSize64)}
		z.unpacked[name] = u
	}
	return u
}

// quoted lists names for an error.
func quoted(names []string) string {
	const most = 50
	if len(names) == 0 {
		return "none"
	}
	parts := make([]string, 0, len(names))
	for i, name := range names {
		if i == most {
			return strings.Join(parts, ", ") + fmt.Sprintf(" and %d more", len(names)-most)
		}
		parts = append(parts, fmt.Sprintf("%q", name))
	}
	return strings.Join(parts, ", ")
}
