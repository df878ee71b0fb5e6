package npy

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
)

// ZipWriter stores arrays in a .npz archive. Its methods, and those of its arrays,
// may be called by several goroutines at once.
type ZipWriter struct {
	path    string
	fortran bool
	members []*member // in the order of the names
	err     error     // of CreateZip

	mu       sync.Mutex
	file     partial
	open     bool   // between the first Begin and the end
	finished string // what became of the archive, once it is complete or given up
	end      int64  // where the next member begins
}

// CreateZip is an archive with an array under each of the names, which are like u
// or group/u. Array gives the sinks for them:
//
//	z := npy.CreateZip("winds.npz", []string{"u", "v"})
//	err := array.StoreAll(ctx, []array.Output{{Array: u, Sink: z.Array("u")}, {Array: v, Sink: z.Array("v")}})
//
// The archive gets its name when the last of them is committed; they may also be
// stored one after the other, and Close tells if one was not. If one fails the archive is given up, and nothing
// of it remains. Members are stored, not compressed, as by numpy.savez.
//
// Nothing changes before the first Begin. A file that is there is refused as by
// Create; with Overwrite, a .npz archive or an empty file is replaced.
func CreateZip(path string, names []string, opts ...CreateOption) *ZipWriter {
	s := createSettingsOf(opts)
	z := &ZipWriter{path: path, fortran: s.fortran, file: partial{path: path, overwrite: s.overwrite, kind: ".npz", same: isNPZ, disk: system{}}}
	if len(names) == 0 {
		z.err = errors.New("an archive has the name of one array at least")
	}
	for _, name := range names {
		switch {
		case z.member(name) != nil:
			z.err = fmt.Errorf("two arrays are called %q", name)
		case !fs.ValidPath(name) || name == "." || strings.ContainsAny(name, "\\\x00") || len(name) > maxName:
			z.err = fmt.Errorf("%q cannot be the name of an array: names are like u or group/u, without empty parts, dots or backslashes", name)
		}
		z.members = append(z.members, &member{zip: z, record: record{name: name + ending}})
	}
	return z
}

const maxName = 1 << 12 // bytes

// isNPZ reports whether a file is a zip file of arrays, or of nothing.
func isNPZ(path string) (bool, error) {
	z, err := OpenZip(path)
	if err != nil {
		return false, nil // whatever it is
	}
	return len(z.names) > 0 || z.empty, z.Close()
}

func (z *ZipWriter) member(name string) *member {
	for _, m := range z.members {
		if m.name == name+ending {
			return m
		}
	}
	return nil
}

// Array is the sink for the array of a name given to CreateZip.
func (z *ZipWriter) Array(name string) *Writer {
	w := &Writer{name: z.path + ":" + name, fortran: z.fortran, err: z.err}
	m := z.member(name)
	if m == nil {
		m = &member{zip: z}
		if w.err == nil {
			names := make([]string, len(z.members))
			for i, other := range z.members {
				names[i] = strings.TrimSuffix(other.name, ending)
			}
			w.err = fmt.Errorf("CreateZip was not given the name %q; the names are %s", name, quoted(names))
		}
	}
	w.home = m
	return w
}

// Close gives up an archive that is not complete: nothing of it remains, and the
// error names the arrays that were not stored. Of one that is complete, or was
// given up because an array failed, it does nothing; so it can be deferred.
func (z *ZipWriter) Close() error {
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.finished != "" {
		return nil
	}
	var missing []string
	for _, m := range z.members {
		if !m.done {
			missing = append(missing, strings.TrimSuffix(m.name, ending))
		}
	}
	err := fmt.Errorf("%s was not stored, and so the archive was given up", quoted(missing))
	z.finished = "was given up"
	return fmt.Errorf("npy: %s: %w", z.path, errors.Join(err, z.abort()))
}

func (z *ZipWriter) abort() error {
	if !z.open {
		return nil
	}
	z.open, z.finished = false, "was given up"
	return z.file.abort()
}

// usable is an error once the archive is complete or given up.
func (z *ZipWriter) usable() error {
	if z.finished != "" {
		return fmt.Errorf("the archive %s; make another with CreateZip", z.finished)
	}
	return nil
}

// member is one array of an archive, the home of its Writer.
type member struct {
	zip *ZipWriter
	record
	begun, done bool // under the archive's lock

	mu  sync.Mutex
	sum sum
}

func (m *member) admit() error {
	m.zip.mu.Lock()
	defer m.zip.mu.Unlock()
	if err := m.zip.usable(); err != nil || m.zip.open {
		return err
	}
	_, err := m.zip.file.admit()
	return err
}

func (m *member) begin(size int64) (int64, error) {
	z := m.zip
	z.mu.Lock()
	defer z.mu.Unlock()
	if err := z.usable(); err != nil {
		return 0, err
	}
	if m.begun {
		return 0, errors.New("the array is written already")
	}
	if !z.open {
		if err := z.file.begin(); err != nil {
			return 0, err
		}
		z.open = true
	}
	m.begun = true
	m.size, m.offset = size, z.end
	m.sum = newSum(size)
	at := z.end + int64(len(m.local()))
	z.end = at + size
	return at, nil
}

// write writes a piece of the member and counts it for the checksum.
func (m *member) write(p []byte, at int64) error {
	z := m.zip
	z.mu.Lock()
	file := z.file.file
	z.mu.Unlock()
	if file == nil {
		return z.usable()
	}
	if _, err := file.WriteAt(p, at); err != nil {
		return err
	}
	part := m.sum.part(p, at-m.offset-int64(len(m.local())))
	m.mu.Lock()
	m.sum.value ^= part
	m.mu.Unlock()
	return nil
}

// commit completes the archive if all other members are complete.
func (m *member) commit(ctx context.Context) error {
	z := m.zip
	z.mu.Lock()
	defer z.mu.Unlock()
	if err := z.usable(); err != nil {
		return err
	}
	m.crc, m.done = m.sum.value, true
	for _, other := range z.members {
		if !other.done {
			return nil
		}
	}
	if err := z.finish(); err != nil {
		m.done = false
		return err
	}
	z.open, z.finished = false, "is complete"
	return nil
}

// finish writes what is between the members and behind them, and gives the
// archive its name.
func (z *ZipWriter) finish() error {
	records := make([]record, len(z.members))
	for i, m := range z.members {
		records[i] = m.record
		if _, err := z.file.file.WriteAt(m.local(), m.offset); err != nil {
			return err
		}
	}
	if _, err := z.file.file.WriteAt(directory(records, z.end), z.end); err != nil {
		return err
	}
	return z.file.commit()
}

func (m *member) abort() error {
	m.zip.mu.Lock()
	defer m.zip.mu.Unlock()
	return m.zip.abort()
}
