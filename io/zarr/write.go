package zarr

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"gabion/block"
	"gabion/io/store"
)

// Writer stores an array. It implements block.Sink. Every storage chunk is
// written, also where it holds the fill value only.
type Writer struct {
	store    store.Mover
	key      string // where the array will lie
	name     string
	group    func() error // makes the group that the array is to be in; nil if that is there
	ungroup  func() error // removes it again if it is empty
	above    string       // the path of the folder that is all of the store, where it is not known to be outside of arrays; else ""
	settings settings
	err      error // of Create: reported by Align and Begin

	meta   *metadata // from Align on
	prefix string    // where the array is built, between Begin and the end: a folder beside key that is this writer's alone
	before content   // what was at key when Begin looked
	old    string    // where the array that is replaced was moved to
}

// Create is a sink that stores an array in the folder at path, or that a link
// at path leads to. It changes nothing before Begin. An array that is there is
// refused, by Align and Begin, with an error that is fs.ErrExist, unless
// Overwrite is among the options. A group, or a folder of other things, is
// always refused, and so is a path inside another array. An empty folder is
// taken; it must be one that can be removed, not one where a disk is mounted.
func Create(path string, opts ...Option) *Writer {
	parent, base, err := cleaned(path)
	w := newWriter(store.NewDir(parent), base, path, opts)
	w.above = parent
	w.fail(err)
	return w
}

// CreateIn is a sink that stores an array under key in s. The key "" is refused:
// an array is built beside its place.
func CreateIn(s store.Mover, key string, opts ...Option) *Writer {
	w := newWriter(s, key, s.Place(key), opts)
	if key == "" {
		w.fail(errors.New("an array cannot take the place of its store; give it a key"))
	}
	return w
}

func newWriter(s store.Mover, key, name string, opts []Option) *Writer {
	return &Writer{store: s, key: key, name: name, settings: settingsOf(opts)}
}

func (w *Writer) fail(err error) {
	if w.err == nil && err != nil {
		w.err = fmt.Errorf("zarr: creating %s: %w", w.name, err)
	}
}

// Name is the path.
func (w *Writer) Name() string { return w.name }

// Align is the grid of the storage chunks: the one set by Chunks, else the
// array's where it is regular, else the regular one with the array's largest
// block along each axis.
func (w *Writer) Align(d block.Description) (block.Grid, error) {
	if w.err != nil {
		return nil, w.err
	}
	m, err := w.settings.layout(d)
	if err != nil {
		return nil, fmt.Errorf("zarr: creating %s: %w", w.name, err)
	}
	if _, err := w.admit(context.Background()); err != nil {
		return nil, err
	}
	w.meta = m
	return m.grid(), nil
}

// admit refuses places that must not be written, and says what is there.
func (w *Writer) admit(ctx context.Context) (content, error) {
	if err := outsideArrays(ctx, w.store, w.key, w.above); err != nil {
		return content{}, fmt.Errorf("zarr: creating %s: %w", w.name, err)
	}
	there, err := whatLies(ctx, w.store, w.key)
	if err != nil {
		return content{}, fmt.Errorf("zarr: creating %s: %w", w.name, err)
	}
	switch {
	case there.free() || there.replaceable() && w.settings.overwrite:
		return there, nil
	case !there.replaceable():
		return content{}, fmt.Errorf("zarr: %s: %w: it is %s; an array does not replace it", w.name, fs.ErrExist, there)
	}
	return content{}, fmt.Errorf("zarr: %s: %w: it is %s; use zarr.Overwrite() to replace it", w.name, fs.ErrExist, there)
}

// Begin prepares a folder beside the path, where the array is built: writers of
// one path do not meet before Commit. An empty folder at the path is removed.
func (w *Writer) Begin(ctx context.Context, d block.Description) error {
	if w.err != nil {
		return w.err
	}
	if w.prefix != "" {
		return fmt.Errorf("zarr: creating %s: it has begun already", w.name)
	}
	m, err := w.settings.layout(d)
	if err != nil {
		return fmt.Errorf("zarr: creating %s: %w", w.name, err)
	}
	if w.meta != nil { // regions come from the grid of Align; d's may be another
		if !m.shape.Equal(w.meta.shape) {
			return fmt.Errorf("zarr: creating %s: the array has shape %v, it was aligned for %v", w.name, m.shape, w.meta.shape)
		}
		m.chunk = w.meta.chunk
		if err := m.complete(); err != nil {
			return fmt.Errorf("zarr: creating %s: %w", w.name, err)
		}
	}
	w.meta = m
	if w.before, err = w.admit(ctx); err != nil {
		return err
	}
	if w.group != nil {
		if err := w.group(); err != nil {
			return err
		}
	}
	w.prefix = w.beside(roleNew)
	// What cannot be written or renamed is found now, not after hours of
	// computing.
	probe := join(w.prefix, probeName)
	err = w.store.Put(ctx, probe, func(io.Writer) error { return nil })
	if err == nil {
		err = w.store.Delete(ctx, probe)
	}
	if err == nil && w.before.free() {
		if err = w.store.Prune(ctx, w.key); err != nil {
			err = fmt.Errorf("what is there cannot make room for the array; choose another path, such as one inside it: %w", err)
		}
	}
	if err != nil {
		return fmt.Errorf("zarr: creating %s: %w", w.name, err)
	}
	return nil
}

const (
	probeName = ".probe"

	// The folders beside the place of an array: of one that is being
	// written, and of one that is being replaced.
	roleNew = "new"
	roleOld = "old"
)

// besidePrefix begins the names of the folders beside the array called base.
func besidePrefix(base, role string) string { return "." + base + ".gabion-" + role + "-" }

// beside is a key for a folder beside the array's, on the same file system.
func (w *Writer) beside(role string) string {
	parent, base := "", w.key
	if i := strings.LastIndexByte(w.key, '/'); i >= 0 {
		parent, base = w.key[:i+1], w.key[i+1:]
	}
	return parent + besidePrefix(base, role) + rand.Text()[:10]
}

// Scratch is a buffer for a piece of a chunk, at most 256 KiB.
func (w *Writer) Scratch(block.Region) int64 {
	if w.meta == nil {
		return pieceBytes
	}
	return int64(words(w.meta.pieceSize()))
}

// Write encodes the chunks that r is made of, one after the other.
func (w *Writer) Write(ctx context.Context, r block.Region, b block.Block, scratch *block.Scratch) error {
	if w.prefix == "" {
		return fmt.Errorf("zarr: writing %s: Write before Begin", w.name)
	}
	grid := w.meta.grid()
	if err := w.wholeChunks(r, grid); err != nil {
		return fmt.Errorf("zarr: writing %s: %w", w.name, err)
	}
	if b.DType != w.meta.dtype || !b.Shape.Equal(r.Shape) {
		return fmt.Errorf("zarr: writing %s: a block of shape %v and type %v for %v of type %v", w.name, b.Shape, b.DType, r, w.meta.dtype)
	}
	mem := newMemory(w.meta, scratch)
	var err error
	block.Positions(grid.Overlap(r), func(position []int) bool {
		if err = ctx.Err(); err == nil {
			err = w.writeChunk(ctx, position, r, b, mem)
		}
		return err == nil
	})
	return err
}

// wholeChunks keeps W1: a region that shares a chunk with another is refused.
func (w *Writer) wholeChunks(r block.Region, grid block.Grid) error {
	if err := r.Within(w.meta.shape); err != nil {
		return err
	}
	for axis, chunk := range w.meta.chunk {
		if r.Start[axis]%chunk != 0 || r.Stop(axis)%chunk != 0 && r.Stop(axis) != w.meta.shape[axis] {
			return fmt.Errorf("the region %v is not made of whole storage chunks %v", r, grid)
		}
	}
	return nil
}

func (w *Writer) writeChunk(ctx context.Context, position []int, r block.Region, b block.Block, mem *memory) error {
	chunk := w.meta.chunkRegion(position)
	part, _ := chunk.Intersect(r)
	key := w.meta.keys.key(position)
	err := w.store.Put(ctx, join(w.prefix, key), func(out io.Writer) error {
		return w.meta.encodeChunk(out, b.Part(part.Relative(r.Start)), part.Relative(chunk.Start), mem)
	})
	if err != nil {
		return fmt.Errorf("zarr: writing chunk %s of %s: %w", key, w.name, err)
	}
	return nil
}

// Commit writes the metadata and moves the array to its path. What appeared there
// since Begin is not replaced: the error is fs.ErrExist, and the array that
// another writer has finished stays. So of two writers of one path the first to
// commit wins, also of two sinks of one run: the run fails then, and the array
// of the first stays. With Overwrite, where an array was there at Begin, what is
// replaced is the array that is there now: the last to commit wins.
func (w *Writer) Commit(ctx context.Context) error {
	if w.prefix == "" {
		return fmt.Errorf("zarr: finishing %s: Commit before Begin", w.name)
	}
	if err := w.commit(ctx); err != nil {
		return fmt.Errorf("zarr: finishing %s: %w", w.name, err)
	}
	w.prefix = ""
	return nil
}

func (w *Writer) commit(ctx context.Context) error {
	documents, err := w.meta.encode()
	if err != nil {
		return err
	}
	if err := putDocuments(ctx, w.store, w.prefix, documents); err != nil {
		return err
	}
	there, err := whatLies(ctx, w.store, w.key)
	switch {
	case err != nil:
		return err
	case there.free(): // or was, if Move finds something
		return w.store.Move(ctx, w.prefix, w.key)
	case there != w.before:
		return fmt.Errorf("%w: it is %s that appeared while this array was written", fs.ErrExist, there)
	}
	old := w.beside(roleOld)
	if err := w.store.Move(ctx, w.key, old); err != nil {
		return err
	}
	w.old = old
	if err := w.store.Move(ctx, w.prefix, w.key); err != nil {
		return errors.Join(err, w.restore())
	}
	w.old = ""
	// The array is stored. That the old one could not be removed is no
	// failure of that; its name says what it is.
	_ = w.store.Delete(ctx, old)
	return nil
}

// restore puts the array that was to be replaced back.
func (w *Writer) restore() error {
	if w.old == "" {
		return nil
	}
	// Cancelling must not hide what was there.
	if err := w.store.Move(context.Background(), w.old, w.key); err != nil {
		return fmt.Errorf("the array that was there before now lies at %s: %w", w.store.Place(w.old), err)
	}
	w.old = ""
	return nil
}

// Abort removes what this writer wrote, and nothing else. An array that was
// there before stays, and so does one that another writer has stored since.
func (w *Writer) Abort() error {
	if w.prefix == "" {
		return nil
	}
	err := w.restore()
	if deleteErr := w.store.Delete(context.Background(), w.prefix); deleteErr != nil {
		err = errors.Join(err, fmt.Errorf("zarr: removing what was written of %s: %w", w.name, deleteErr))
	}
	w.prefix = ""
	if w.ungroup != nil {
		err = errors.Join(err, w.ungroup())
	}
	return err
}
