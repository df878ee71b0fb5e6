package npy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"

	"gabion/block"
)

// CreateOption is a setting of Create and CreateZip.
type CreateOption func(*createSettings)

type createSettings struct{ overwrite, fortran bool }

// Overwrite allows a file of the same kind that is there to be replaced. It stays,
// whole and readable, until the new one is complete.
func Overwrite() CreateOption { return func(s *createSettings) { s.overwrite = true } }

// FortranOrder stores arrays in Fortran order: neighbours along the first axis
// lie side by side. The array that is read is the same.
func FortranOrder() CreateOption { return func(s *createSettings) { s.fortran = true } }

func createSettingsOf(opts []CreateOption) createSettings {
	var s createSettings
	for _, o := range opts {
		o(&s)
	}
	return s
}

// Writer stores an array in a .npy file or as a member of a .npz archive. It
// implements block.Sink.
type Writer struct {
	name    string
	fortran bool
	err     error // of making it: reported by Align and Begin
	home    home

	layout  *layout      // from Align on
	at      int64        // the byte of the file where the header begins
	begun   bool         // between Begin and the end
	written atomic.Int64 // elements
}

// home is where the bytes of an array go.
type home interface {
	// admit refuses places that must not be written.
	admit() error
	// begin gives room for an array of size bytes, its header among them, and
	// says where it begins.
	begin(size int64) (at int64, err error)
	// write may be called by several goroutines at once.
	write(p []byte, at int64) error
	commit(ctx context.Context) error
	abort() error
}

// Create is a sink that stores an array in the .npy file at path, or that a link
// at path leads to. It changes nothing before Begin. A file that is there is
// refused, by Align and Begin, with an error that is fs.ErrExist, unless
// Overwrite is among the options and it is a .npy file, or empty. The folder
// must be there.
func Create(path string, opts ...CreateOption) *Writer {
	s := createSettingsOf(opts)
	return &Writer{name: path, fortran: s.fortran, home: &lone{partial{path: path, overwrite: s.overwrite, kind: ".npy", same: isNPY, disk: system{}}}}
}

// isNPY reports whether a file begins as a .npy file does.
func isNPY(path string) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	start := make([]byte, len(magic))
	_, err = io.ReadFull(f, start)
	if shorter(err) {
		err = nil
	}
	return string(start) == magic, errors.Join(err, f.Close())
}

// lone is a file of one array.
type lone struct{ partial }

func (l *lone) admit() error {
	_, err := l.partial.admit()
	return err
}

func (l *lone) begin(size int64) (int64, error) {
	if err := l.partial.begin(); err != nil {
		return 0, err
	}
	return 0, l.file.Truncate(size) // an array without elements has no last write
}

func (l *lone) write(p []byte, at int64) error {
	_, err := l.file.WriteAt(p, at)
	return err
}

func (l *lone) commit(context.Context) error { return l.partial.commit() }

// Name is the path, for a member of an archive with a colon and its name.
func (w *Writer) Name() string { return w.name }

func (w *Writer) creating(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("npy: creating %s: %w", w.name, err)
}

// Align is nil: any region can be written.
func (w *Writer) Align(d block.Description) (block.Grid, error) {
	if w.err != nil {
		return nil, w.creating(w.err)
	}
	l, err := w.layoutOf(d)
	if err == nil {
		err = w.home.admit()
	}
	if err != nil {
		return nil, w.creating(err)
	}
	if !w.begun {
		w.layout = l
	}
	return nil, nil
}

// layoutOf is the layout of an array described by d, of a file of its own.
func (w *Writer) layoutOf(d block.Description) (*layout, error) {
	switch {
	case !d.DType.Valid():
		return nil, errors.New("the array has no element type")
	case !d.Grid.Known():
		return nil, fmt.Errorf("the array of shape %v has a length that is not known yet; resolve it first", d.Shape())
	case len(d.Grid) > maxRank:
		return nil, fmt.Errorf("the array has %d axes; %d are the most", len(d.Grid), maxRank)
	}
	if err := countable(d.Shape(), d.DType); err != nil {
		return nil, err
	}
	return newLayout(newHeader(d.DType, d.Shape(), w.fortran)), nil
}

// Begin makes the file, under a name that no other writer has, and writes the
// header.
func (w *Writer) Begin(ctx context.Context, d block.Description) error {
	if w.err != nil {
		return w.creating(w.err)
	}
	if w.begun {
		return w.creating(errors.New("it has begun already"))
	}
	l, err := w.layoutOf(d)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return w.creating(err)
	}
	w.layout, w.begun = l, true // also if what follows fails: Abort has something to remove
	w.written.Store(0)
	if w.at, err = w.home.begin(l.first + l.bytes()); err != nil {
		return w.creating(err)
	}
	return w.creating(w.home.write(l.encode(), w.at))
}

// Scratch is at most 256 KiB, whatever the region.
func (w *Writer) Scratch(r block.Region) int64 {
	if w.layout == nil {
		return windowBytes
	}
	return w.layout.scratch(r, 0)
}

// Write writes each run of elements that lie side by side in the file at its
// place. Where they are neighbours in b too, they are not copied before.
func (w *Writer) Write(ctx context.Context, r block.Region, b block.Block, scratch *block.Scratch) error {
	if !w.begun {
		return fmt.Errorf("npy: writing %s: Write before Begin", w.name)
	}
	if err := w.write(ctx, r, b, scratch); err != nil {
		return fmt.Errorf("npy: writing %v of %s: %w", r, w.name, err)
	}
	w.written.Add(int64(r.Elements()))
	return nil
}

func (w *Writer) write(ctx context.Context, r block.Region, b block.Block, scratch *block.Scratch) error {
	l := w.layout
	if err := l.fits(r, b); err != nil || r.Empty() {
		return errors.Join(err, ctx.Err())
	}
	size := l.size()
	first, s := l.spans(r, b.Strides, 0)
	if s.plain() && !l.foreign() {
		return walk(s.outer, first, b.Offset, func(file, memory int) error {
			return w.put(ctx, b.Data[memory*size:(memory+s.elements)*size], file)
		})
	}
	buffer, err := scratch.Take(l.window(s) * size)
	if err != nil {
		return err
	}
	out := spool{writer: w, ctx: ctx, buffer: buffer}
	walks, run := s.runs()
	return walk(s.outer, first, b.Offset, func(file, memory int) error {
		out.start, out.length = file, 0
		err := walk(walks, file, memory, func(_, memory int) error {
			return out.add(run.length, elements{b.Data, memory, run.memory})
		})
		if err != nil {
			return err
		}
		return out.flush()
	})
}

// put writes elements that lie side by side, from the given one of the file on.
func (w *Writer) put(ctx context.Context, data []byte, file int) error {
	at := w.at + w.layout.offset(file)
	for len(data) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		piece := data[:min(len(data), pieceBytes)]
		if err := w.home.write(piece, at); err != nil {
			return err
		}
		data, at = data[len(piece):], at+int64(len(piece))
	}
	return nil
}

// spool collects elements that lie side by side in the file.
type spool struct {
	writer *Writer
	ctx    context.Context
	buffer []byte

	start, length int // the elements in the buffer
}

// add appends n elements.
func (o *spool) add(n int, from elements) error {
	size := o.writer.layout.size()
	for room := len(o.buffer) / size; n > 0; {
		if o.length == room {
			if err := o.flush(); err != nil {
				return err
			}
		}
		k := min(n, room-o.length)
		move(size, k, elements{o.buffer, o.length, 1}, from)
		o.length += k
		n -= k
		from.at += k * from.stride
	}
	return nil
}

// flush writes what is in the buffer.
func (o *spool) flush() error {
	l := o.writer.layout
	data := o.buffer[:o.length*l.size()]
	if l.foreign() {
		l.reverse(data)
	}
	if err := o.writer.put(o.ctx, data, o.start); err != nil {
		return err
	}
	o.start, o.length = o.start+o.length, 0
	return nil
}

// Commit gives the file its name. What appeared there since Begin is not replaced:
// the error is fs.ErrExist, and what another writer has finished stays. With
// Overwrite, where a file was there at Begin, what is replaced is the file that
// is there now. For a member of an archive see CreateZip.
func (w *Writer) Commit(ctx context.Context) error {
	err := ctx.Err()
	switch {
	case !w.begun:
		err = errors.New("Commit before Begin")
	case err == nil && w.written.Load() != int64(w.layout.shape.Elements()):
		err = fmt.Errorf("%d of %d elements were written", w.written.Load(), w.layout.shape.Elements())
	case err == nil:
		err = w.home.commit(ctx)
	}
	if err != nil {
		return fmt.Errorf("npy: finishing %s: %w", w.name, err)
	}
	w.begun = false
	return nil
}

// Abort removes what this writer wrote, and nothing else.
func (w *Writer) Abort() error {
	w.begun = false
	if err := w.home.abort(); err != nil {
		return fmt.Errorf("npy: giving up %s: %w", w.name, err)
	}
	return nil
}
