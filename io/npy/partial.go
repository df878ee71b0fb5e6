package npy

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// disk is what writing asks of the system. Tests put in one that fails.
type disk interface {
	create(path string) (output, error)
	link(from, to string) error
	rename(from, to string) error
	remove(path string) error
}

// output is a file that is written.
type output interface {
	io.WriterAt
	io.Closer
	Truncate(size int64) error
}

// system is the disk of the operating system.
type system struct{}

func (system) create(path string) (output, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
}
func (system) link(from, to string) error   { return os.Link(from, to) }
func (system) rename(from, to string) error { return os.Rename(from, to) }
func (system) remove(path string) error     { return os.Remove(path) }

// partial is a file that has another name, beside its own, until it is complete.
type partial struct {
	path      string
	overwrite bool
	kind      string                          // such as ".npy"
	same      func(path string) (bool, error) // whether a file is of this kind, and may be replaced
	disk      disk

	place    string // path with links followed, from begin on
	name     string // while the file is there, the one it has
	replaces bool   // whether there was a file at the path when the writing began
	file     output // nil unless it is open
}

// admit refuses places that must not be written, and reports whether there is a
// file that may be replaced.
func (p *partial) admit() (there bool, err error) {
	if p.path == "" {
		return false, errors.New("the path is empty")
	}
	info, err := os.Stat(p.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, err := os.Lstat(p.path); err == nil {
			return false, errors.New("it is a link to what is not there; write to where it leads")
		}
		return false, nil
	case err != nil:
		return false, err
	case info.IsDir():
		return false, fmt.Errorf("%w: it is a folder", fs.ErrExist)
	case !info.Mode().IsRegular():
		return false, fmt.Errorf("%w: it is not a regular file but %v", fs.ErrExist, info.Mode().Type())
	}
	if info.Size() > 0 {
		same, err := p.same(p.path)
		if err != nil {
			return false, err
		}
		if !same {
			return false, fmt.Errorf("%w: it is not a %s file; an array does not replace it", fs.ErrExist, p.kind)
		}
	}
	if !p.overwrite {
		return false, fmt.Errorf("%w: it is a %s file; use npy.Overwrite() to replace it, and all that it holds", fs.ErrExist, p.kind)
	}
	return true, nil
}

// begin makes the file.
func (p *partial) begin() error {
	var err error
	if p.replaces, err = p.admit(); err != nil {
		return err
	}
	// The name is found again from other working folders, and what is replaced
	// is what a link leads to: only there can a file be renamed.
	if p.place, err = filepath.Abs(p.path); err == nil && p.replaces {
		p.place, err = filepath.EvalSymlinks(p.place)
	}
	if err != nil {
		return err
	}
	folder, base := filepath.Split(p.place)
	name := filepath.Join(folder, "."+base+"."+rand.Text()[:10]+".partial")
	if p.file, err = p.disk.create(name); err != nil {
		return err
	}
	p.name = name
	return nil
}

// commit gives the file its name. What appeared there since begin is not
// replaced.
func (p *partial) commit() error {
	file := p.file
	p.file = nil
	if err := file.Close(); err != nil { // a disk may say only here that it is full
		return err
	}
	there, err := p.admit()
	switch {
	case err != nil:
		return err
	case there && !p.replaces:
		return fmt.Errorf("%w: it appeared while the array was written", fs.ErrExist)
	case there:
		err = p.disk.rename(p.name, p.place)
	default:
		err = p.appear()
	}
	if err == nil {
		p.name = ""
	}
	return err
}

// appear gives the file its name if nothing has it. A link is refused where
// something is there, in one step; a rename would replace a file that appears in
// the same moment. Not every file system has links.
func (p *partial) appear() error {
	err := p.disk.link(p.name, p.place)
	switch {
	case err == nil:
		// The file is complete and has its name. That the other one could not
		// be taken away is no failure of that.
		_ = p.disk.remove(p.name)
		return nil
	case errors.Is(err, fs.ErrExist):
		return err
	}
	if _, err := os.Lstat(p.place); err == nil {
		return fmt.Errorf("%w: it appeared while the array was written", fs.ErrExist)
	}
	return p.disk.rename(p.name, p.place)
}

// abort removes the file if it has not got its name.
func (p *partial) abort() error {
	if p.file != nil {
		_ = p.file.Close() // what was written does not matter
		p.file = nil
	}
	if p.name == "" {
		return nil
	}
	name := p.name
	p.name = ""
	if err := p.disk.remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("what was written is left: %w", err)
	}
	return nil
}
