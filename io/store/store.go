package store

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"strings"
)

// Store holds values under keys. Its methods may be called by several
// goroutines at once. Errors name the place and, where no value is under a key,
// satisfy errors.Is(err, fs.ErrNotExist).
type Store interface {
	// Get opens the value under key.
	Get(ctx context.Context, key string) (Value, error)

	// GetRange opens length bytes of the value under key, from offset on.
	// It is an error if the value does not have them.
	GetRange(ctx context.Context, key string, offset, length int64) (Value, error)

	// Size is the length in bytes of the value under key.
	Size(ctx context.Context, key string) (int64, error)

	// Put stores what write writes as the value under key, replacing the
	// one before. Where write fails, its error is returned and nothing
	// changes.
	Put(ctx context.Context, key string, write func(w io.Writer) error) error

	// List gives what lies directly under prefix, sorted by name; "" is the
	// top. Nothing there is an empty list, not an error.
	List(ctx context.Context, prefix string) ([]Entry, error)

	// Delete removes the value under key and all values below it. Nothing
	// there is not an error.
	Delete(ctx context.Context, key string) error

	// Place is what errors call a key, such as the path of a file.
	Place(key string) string
}

// Mover is a Store that can rename, such as a file system.
type Mover interface {
	Store

	// Move gives all that lies under from the name to, in one step. Where
	// something is under to, nothing changes and the error is fs.ErrExist;
	// also where it appears in the same moment, unless both are single
	// values.
	Move(ctx context.Context, from, to string) error

	// Prune removes the empty folder at key, in stores that have folders:
	// nothing can be moved there before. Nothing there is not an error;
	// something there stays, and the error is fs.ErrExist.
	Prune(ctx context.Context, key string) error
}

// Value is a value opened for reading. Read fails with io.ErrUnexpectedEOF
// where the value has become shorter than Size.
type Value interface {
	io.ReadCloser
	Size() int64
}

// Entry is one name in a listing.
type Entry struct {
	Name   string // without the prefix
	Folder bool   // other keys begin with it
}

// check refuses keys that are not relative slash-separated paths without dots.
func check(key string) error {
	if !fs.ValidPath(key) || key == "." || strings.ContainsAny(key, "\\\x00") {
		return fmt.Errorf("store: %q is not a key: keys are like a/b, without empty parts, dots or backslashes", key)
	}
	return nil
}

func checkPrefix(prefix string) error {
	if prefix == "" {
		return nil
	}
	return check(prefix)
}

// value limits r to size bytes and reports a shorter one.
type value struct {
	io.Reader
	io.Closer
	size, left int64
}

func newValue(r io.Reader, c io.Closer, size int64) *value {
	return &value{Reader: r, Closer: c, size: size, left: size}
}

func (v *value) Size() int64 { return v.size }

func (v *value) Read(p []byte) (int, error) {
	if v.left == 0 {
		return 0, io.EOF
	}
	n, err := v.Reader.Read(p[:min(int64(len(p)), v.left)])
	v.left -= int64(n)
	if err == io.EOF {
		err = nil
		if v.left > 0 {
			err = io.ErrUnexpectedEOF
		}
	}
	return n, err
}
