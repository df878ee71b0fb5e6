package op

import (
	"math/bits"

	"gabion/dtype"
)

// A block of a contraction is computed in tiles: of its rows, of its columns, and
// of what is summed over. The sizes are constants, as those of the last decide
// the bits of results; each is small enough for the second level of common
// caches.
const (
	TileRows    = 128
	TileColumns = 128
	// TileRow is the size in bytes of a row of a tile, along which products
	// are summed before a tree takes over.
	TileRow = 1024
)

// Contracted says in which types a contraction of elements of type d works:
// products are summed as compute along a row of a tile, and rows and blocks as
// plane. Sums of float32 are kept in float64, those of integers in their own type
// and wrap.
func Contracted(d dtype.DType) (compute, plane dtype.DType) {
	switch d {
	case dtype.Float64:
		return dtype.Float64, dtype.Float64
	case dtype.Float32, dtype.Float16:
		return dtype.Float32, dtype.Float64
	case dtype.Complex128:
		return dtype.Float64, dtype.Complex128
	case dtype.Complex64:
		return dtype.Float32, dtype.Complex128
	case dtype.Int64, dtype.Uint64:
		return dtype.Uint64, d
	}
	return dtype.Uint32, d // the low bits of a product do not depend on signs
}

// Tiles are the sizes, in elements or bytes, of what a block of a contraction of
// some rows, columns and products summed in each is computed in.
type Tiles struct {
	Rows, Columns, Depth int // of a tile

	A, B  int // bytes of the operands' tiles
	Chunk int // bytes of the products of two tiles; 0 if they are of the plane's type
	Level int // bytes of the sums of some tiles

	// Levels is how many of the last are alive at once: one for each power
	// of two of tiles, as in a binary number that is counted up.
	Levels int
}

// TilesOf are the tiles for a block of elements of type d.
func TilesOf(d dtype.DType, rows, columns, depth int) Tiles {
	compute, plane := Contracted(d)
	parts := 1
	if d.IsComplex() {
		parts = 2
	}
	t := Tiles{Rows: min(rows, TileRows), Columns: min(columns, TileColumns), Depth: TileRow / (parts * compute.Size())}
	t.A, t.B = t.Rows*TileRow, t.Columns*TileRow*parts
	cells := t.Rows * t.Columns * parts
	if plane.Real() != compute {
		t.Chunk = aligned(cells * compute.Size())
	}
	t.Level = aligned(cells * plane.Real().Size())
	t.Levels = bits.Len(uint((depth + t.Depth - 1) / t.Depth))
	return t
}

// Bytes is all of it together.
func (t Tiles) Bytes() int { return t.A + t.B + t.Chunk + t.Level*t.Levels }

func aligned(n int) int { return (n + PlaneAlign - 1) / PlaneAlign * PlaneAlign }
