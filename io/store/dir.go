package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Dir is a folder of the local file system; each value is a file. It implements
// Mover. The folder and those below it are made when a value is put.
type Dir struct{ root string }

// NewDir is the store in the folder at path, which need not exist.
func NewDir(path string) *Dir { return &Dir{root: filepath.Clean(path)} }

// Local makes sure that a path is one of the local file system, and no address such
// as s3://bucket/x, which would be a folder called s3: there.
func Local(path string) error {
	if rest, ok := strings.CutPrefix(path, "file://"); ok {
		return fmt.Errorf("%s: this is an address; write the path alone: %s", path, rest)
	}
	if strings.Contains(path, "://") {
		return fmt.Errorf("%s: this is an address; only local files and folders are read and written so far", path)
	}
	return nil
}

// temporary marks files that are still being written.
const temporary = ".partial"

// IsTemporary reports whether a listed name is a value that was never
// finished, or is being written.
func IsTemporary(name string) bool {
	return strings.HasPrefix(name, ".") && strings.HasSuffix(name, temporary)
}

// Place is the path of the file.
func (d *Dir) Place(key string) string { return filepath.Join(d.root, filepath.FromSlash(key)) }

// Get opens a file.
func (d *Dir) Get(ctx context.Context, key string) (Value, error) {
	f, size, err := d.open(ctx, key)
	if err != nil {
		return nil, err
	}
	return newValue(f, f, size), nil
}

// GetRange opens a part of a file.
func (d *Dir) GetRange(ctx context.Context, key string, offset, length int64) (Value, error) {
	f, size, err := d.open(ctx, key)
	if err != nil {
		return nil, err
	}
	if err := checkRange(d.Place(key), offset, length, size); err != nil {
		f.Close()
		return nil, err
	}
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		f.Close()
		return nil, err
	}
	return newValue(f, f, length), nil
}

func checkRange(place string, offset, length, size int64) error {
	if offset < 0 || length < 0 || offset > size || length > size-offset {
		return fmt.Errorf("%s: bytes %d to %d asked for, the file has %d", place, offset, offset+length, size)
	}
	return nil
}

func (d *Dir) open(ctx context.Context, key string) (*os.File, int64, error) {
	size, err := d.Size(ctx, key)
	if err != nil {
		return nil, 0, err
	}
	f, err := os.Open(d.Place(key))
	return f, size, err
}

// Size is the size of a file. What is not a regular file is refused: opening a
// named pipe would wait for ever.
func (d *Dir) Size(ctx context.Context, key string) (int64, error) {
	if err := errors.Join(check(key), ctx.Err()); err != nil {
		return 0, err
	}
	info, err := os.Stat(d.Place(key))
	switch {
	case err != nil:
		return 0, missing(err)
	case info.IsDir():
		return 0, &fs.PathError{Op: "open", Path: d.Place(key), Err: fmt.Errorf("it is a folder: %w", fs.ErrNotExist)}
	case !info.Mode().IsRegular():
		return 0, fmt.Errorf("open %s: it is not a regular file", d.Place(key))
	}
	return info.Size(), nil
}

// isNotDir reports whether a path led through something that is not a folder.
func isNotDir(err error) bool { return errors.Is(err, syscall.ENOTDIR) }

// missing turns a path that leads through a file into one that is not there.
func missing(err error) error {
	if isNotDir(err) {
		return fmt.Errorf("%w: %w", fs.ErrNotExist, err)
	}
	return err
}

// Put writes a file of a temporary name beside the final one and renames it.
func (d *Dir) Put(ctx context.Context, key string, write func(w io.Writer) error) (err error) {
	if err := errors.Join(check(key), ctx.Err()); err != nil {
		return err
	}
	path := d.Place(key)
	partial := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+"."+rand.Text()[:10]+temporary)
	f, err := os.OpenFile(partial, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrNotExist) {
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		f, err = os.OpenFile(partial, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	}
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(partial)
		}
	}()
	if err := write(f); err != nil {
		return err
	}
	if err := f.Close(); err != nil { // a disk may say only here that it is full
		return err
	}
	return os.Rename(partial, path)
}

// List reads a folder.
func (d *Dir) List(ctx context.Context, prefix string) ([]Entry, error) {
	if err := errors.Join(checkPrefix(prefix), ctx.Err()); err != nil {
		return nil, err
	}
	found, err := os.ReadDir(d.Place(prefix))
	if errors.Is(err, fs.ErrNotExist) || isNotDir(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	entries := make([]Entry, len(found))
	for i, e := range found {
		folder := e.IsDir()
		if e.Type()&fs.ModeSymlink != 0 {
			info, err := os.Stat(filepath.Join(d.Place(prefix), e.Name()))
			folder = err == nil && info.IsDir()
		}
		entries[i] = Entry{Name: e.Name(), Folder: folder}
	}
	return entries, nil
}

// Delete removes a file, or a folder and all in it.
func (d *Dir) Delete(_ context.Context, key string) error {
	if err := check(key); err != nil {
		return err
	}
	return os.RemoveAll(d.Place(key))
}

// Prune removes an empty folder. A folder that is a place where a disk is
// mounted cannot be removed, nor one in a folder that cannot be written.
func (d *Dir) Prune(ctx context.Context, key string) error {
	if err := errors.Join(check(key), ctx.Err()); err != nil {
		return err
	}
	path := d.Place(key)
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !info.IsDir():
		return &fs.PathError{Op: "remove", Path: path, Err: fmt.Errorf("it is not a folder: %w", fs.ErrExist)}
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err // of a folder that is not empty, an fs.ErrExist
	}
	return nil
}

// Move renames a file or folder. A file that is put at to in the same moment
// is replaced by a file, but not by a folder; a folder that holds something is
// replaced by nothing.
func (d *Dir) Move(ctx context.Context, from, to string) error {
	if err := errors.Join(check(from), check(to), ctx.Err()); err != nil {
		return err
	}
	if _, err := os.Lstat(d.Place(to)); err == nil {
		return &fs.PathError{Op: "rename to", Path: d.Place(to), Err: fs.ErrExist}
	}
	err := os.Rename(d.Place(from), d.Place(to))
	if err != nil && !errors.Is(err, fs.ErrExist) && !errors.Is(err, fs.ErrNotExist) {
		// Systems have several errors for what appeared just now.
		if _, appeared := os.Lstat(d.Place(to)); appeared == nil {
			return fmt.Errorf("%w: %w", fs.ErrExist, err)
		}
	}
	return err
}
