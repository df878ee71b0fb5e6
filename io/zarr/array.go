package zarr

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"gabion/block"
	"gabion/io/store"
)

// Array is a stored array. It implements block.Source: blocks of the grid are
// the storage chunks. Chunks that are absent read as the fill value.
type Array struct {
	store store.Store
	key   string // where the array lies; "" is the top of the store
	name  string // what errors and plans call it
	meta  *metadata
	desc  block.Description
}

// Open reads the metadata of the array in the folder at path. Where no array
// is there, the error says what is: errors.Is(err, fs.ErrNotExist) where
// nothing is, a list of the arrays where it is a group.
func Open(path string) (*Array, error) {
	a, err := openArray(context.Background(), store.NewDir(path), "", path)
	if errors.Is(err, fs.ErrNotExist) {
		if old := movedAside(path); old != "" {
			err = fmt.Errorf("%w; replacing it was interrupted, and what was there before lies at %s", err, old)
		}
	}
	return a, err
}

// movedAside is where the array that was at path lies if the process that was
// replacing it was killed between its two renames, or "".
func movedAside(path string) string {
	parent, base, err := cleaned(path)
	if err != nil {
		return ""
	}
	siblings := store.NewDir(parent)
	entries, err := siblings.List(context.Background(), "")
	if err != nil {
		return ""
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name, besidePrefix(base, roleOld)) {
			return siblings.Place(e.Name)
		}
	}
	return ""
}

// OpenIn reads the metadata of the array that lies under key in s; the key ""
// is all of s.
func OpenIn(ctx context.Context, s store.Store, key string) (*Array, error) {
	return openArray(ctx, s, key, s.Place(key))
}

func openArray(ctx context.Context, s store.Store, key, name string) (*Array, error) {
	n, err := openNode(ctx, s, key, name)
	if err != nil {
		return nil, err
	}
	if n.kind == "group" {
		arrays, err := children(s, key, "array")
		switch {
		case err != nil:
			return nil, err
		case len(arrays) == 0:
			return nil, fmt.Errorf("zarr: %s is a group without arrays, not an array", name)
		}
		return nil, fmt.Errorf("zarr: %s is a group, not an array; its arrays are %s", name, strings.Join(arrays, ", "))
	}
	m, err := parseArray(n)
	if err != nil {
		return nil, fmt.Errorf("zarr: %s: %w", n.place, err)
	}
	return &Array{store: s, key: key, name: name, meta: m,
		desc: block.Description{DType: m.dtype, Grid: m.grid(), Names: m.names, Attrs: m.attrs}}, nil
}

// Version is the version of the format that the array is stored in, 2 or 3.
func (a *Array) Version() int { return a.meta.version }

// Describe says what the array is.
func (a *Array) Describe() block.Description { return a.desc }

// Traits says that reading is work for processors, and names the path.
func (a *Array) Traits() block.Traits { return block.Traits{Name: a.name} }

// Scratch is a buffer for a piece of a chunk, which is at most 256 KiB, and for
// the compressed bytes of one chunk, if there may be one that is decoded where
// it belongs.
func (a *Array) Scratch(r block.Region) int64 {
	m := a.meta
	n := words(m.pieceSize())
	if m.chunkSize <= pieceBytes || holdsChunk(r, m.chunk) {
		n += words(int(m.chain.DecodeScratch()))
	}
	return int64(n)
}

// holdsChunk reports whether r is large enough for a whole chunk.
func holdsChunk(r block.Region, chunk block.Shape) bool {
	for axis, n := range r.Shape {
		if n < chunk[axis] {
			return false
		}
	}
	return true
}

// Read decodes the chunks that r covers, one after the other.
func (a *Array) Read(ctx context.Context, r block.Region, dst block.Block, scratch *block.Scratch) error {
	if err := r.Within(a.desc.Shape()); err != nil {
		return fmt.Errorf("zarr: reading %s: %w", a.name, err)
	}
	if dst.DType != a.meta.dtype || !dst.Shape.Equal(r.Shape) {
		return fmt.Errorf("zarr: reading %s: the destination has shape %v and type %v, %v of type %v was asked for",
			a.name, dst.Shape, dst.DType, r, a.meta.dtype)
	}
	mem := newMemory(a.meta, scratch)
	var err error
	block.Positions(a.desc.Grid.Overlap(r), func(position []int) bool {
		if err = ctx.Err(); err == nil {
			err = a.readChunk(ctx, position, r, dst, mem)
		}
		return err == nil
	})
	return err
}

// readChunk fills the part of dst, which stands for r, that lies in a chunk.
func (a *Array) readChunk(ctx context.Context, position []int, r block.Region, dst block.Block, mem *memory) error {
	chunk := a.meta.chunkRegion(position)
	part, _ := chunk.Intersect(r)
	dst = dst.Part(part.Relative(r.Start))
	key := a.meta.keys.key(position)
	stored, err := a.store.Get(ctx, join(a.key, key))
	if errors.Is(err, fs.ErrNotExist) {
		// A chunk may be absent; an array that was removed since Open is
		// not one of fill values.
		if _, err = a.store.Size(ctx, join(a.key, a.meta.document())); err == nil {
			fillBlock(dst, a.meta.fill)
			return nil
		}
	}
	if err == nil {
		defer stored.Close()
		err = a.meta.decodeChunk(dst, part.Relative(chunk.Start), stored, stored.Size(), mem)
	}
	if err != nil {
		return fmt.Errorf("zarr: reading chunk %s of %s: %w", key, a.name, err)
	}
	return nil
}
