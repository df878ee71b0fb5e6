package contraction

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"runtime/metrics"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/dtype"
	"gabion/internal/kernel"
	"gabion/internal/op"
)

// operand is elements in C order of some axes, kept in memory in another order.
type operand struct {
	d      dtype.DType
	values []complex128 // in C order
	data   []byte
	offset int
	step   []int
}

// memory is n bytes that any element may lie in.
func memory(n int) []byte { return dtype.Bytes(make([]complex128, (n+15)/16)) }

func put(d dtype.DType, data []byte, at int, v complex128) {
	loop, _ := kernel.Cast(dtype.Complex128, d)
	loop(1, data[at*d.Size():], dtype.Bytes([]complex128{v}), nil, nil)
}

func get(d dtype.DType, data []byte, at int) complex128 {
	loop, _ := kernel.Cast(d, dtype.Complex128)
	out := memory(16)
	loop(1, out, data[at*d.Size():], nil, nil)
	return dtype.Slice[complex128](out)[0]
}

// element is a value that d holds: of floats and complex numbers one of many
// magnitudes.
func element(r *rand.Rand, d dtype.DType) complex128 {
	switch {
	case d == dtype.Bool:
		return complex(float64(r.IntN(8)/7), 0)
	case d.IsUnsigned():
		return complex(float64(r.IntN(200)), 0)
	case d.IsInteger():
		return complex(float64(r.IntN(200)-100), 0)
	}
	v := complex(r.NormFloat64()*math.Exp2(float64(r.IntN(12)-6)), 0)
	if d.IsComplex() {
		v += complex(0, r.NormFloat64())
	}
	data := memory(16)
	put(d, data, 0, v)
	return get(d, data, 0)
}

// laid makes an operand of random elements whose axes lie in memory in a random
// order, some backwards, some with gaps.
func laid(r *rand.Rand, d dtype.DType, lengths []int) operand {
	x := operand{d: d, step: make([]int, len(lengths))}
	total, room := 1, 1
	for _, axis := range r.Perm(len(lengths)) {
		x.step[axis] = room * (1 + r.IntN(3)/2)
		room = x.step[axis] * lengths[axis]
		total *= lengths[axis]
		if r.IntN(4) == 0 && lengths[axis] > 0 {
			x.offset += x.step[axis] * (lengths[axis] - 1)
			x.step[axis] = -x.step[axis]
		}
	}
	x.data = memory(room * d.Size())
	index := make([]int, len(lengths))
	for range total {
		v := element(r, d)
		x.values = append(x.values, v)
		at := x.offset
		for axis, i := range index {
			at += i * x.step[axis]
		}
		put(d, x.data, at, v)
		for axis := len(index) - 1; axis >= 0; axis-- {
			if index[axis]++; index[axis] < lengths[axis] {
				break
			}
			index[axis] = 0
		}
	}
	return x
}

// product is a block to contract: axes of lengths for each role.
type product struct {
	d                           dtype.DType
	batch, rows, columns, depth []int
	a, b                        operand
	conj                        bool
}

func size(lengths []int) int {
	n := 1
	for _, length := range lengths {
		n *= length
	}
	return n
}

func newProduct(r *rand.Rand, d dtype.DType, batch, rows, columns, depth []int) *product {
	p := &product{d: d, batch: batch, rows: rows, columns: columns, depth: depth, conj: d.IsComplex() && r.IntN(2) == 0}
	p.a = laid(r, d, concat(batch, rows, depth))
	p.b = laid(r, d, concat(batch, depth, columns))
	return p
}

func concat(lists ...[]int) []int {
	var all []int
	for _, list := range lists {
		all = append(all, list...)
	}
	return all
}

// operands are the strides of the product; cells are in C order of the batch, the
// rows and the columns.
func (p *product) operands() *Operands {
	o := &Operands{A: p.a.data, B: p.b.data, OffsetA: p.a.offset, OffsetB: p.b.offset, Conj: p.conj}
	kept := concat(p.batch, p.rows, p.columns)
	cell := func(axis int) int { return size(kept[axis+1:]) }
	nb, nr, nd := len(p.batch), len(p.rows), len(p.depth)
	for i, n := range p.batch {
		o.Batch = append(o.Batch, Axis{n, p.a.step[i], p.b.step[i], cell(i)})
	}
	for i, n := range p.rows {
		o.Rows = append(o.Rows, Axis{n, p.a.step[nb+i], 0, cell(nb + i)})
	}
	for i, n := range p.columns {
		o.Columns = append(o.Columns, Axis{n, 0, p.b.step[nb+nd+i], cell(nb + nr + i)})
	}
	for i, n := range p.depth {
		o.Depth = append(o.Depth, Axis{n, p.a.step[nb+nr+i], p.b.step[nb+i], 0})
	}
	return o
}

// contracted is the plane that the kernel makes, and the results.
func contracted(t *testing.T, d dtype.DType, o *Operands) (plane, results []byte) {
	t.Helper()
	c, ok := New(d)
	require.True(t, ok)
	cells := count(o.Batch) * count(o.Rows) * count(o.Columns)
	scratch := memory(op.TilesOf(d, count(o.Rows), count(o.Columns), count(o.Depth)).Bytes())
	for i := range scratch {
		scratch[i] = 0xDB
	}
	plane, results = memory(c.PartialBytes(cells))[:c.PartialBytes(cells)], memory(cells*d.Size())
	c.Leaf(plane, scratch, o)
	kept := append([]byte(nil), plane...)
	require.Equal(t, kernel.OK, c.Finish(results, c.PlanesOf(plane, cells), cells, 1, 0))
	return kept, results[:cells*d.Size()]
}

// exact is a sum of products without rounding, and the sum of their magnitudes.
func (p *product) exact(batch, row, column int) (re, im *big.Float, scale float64) {
	re, im = new(big.Float).SetPrec(300), new(big.Float).SetPrec(300)
	rows, columns, depth := size(p.rows), size(p.columns), size(p.depth)
	add := func(to *big.Float, x, y float64) {
		to.Add(to, new(big.Float).SetPrec(300).Mul(big.NewFloat(x), big.NewFloat(y)))
		scale += math.Abs(x * y)
	}
	for l := range depth {
		u, v := p.a.values[(batch*rows+row)*depth+l], p.b.values[(batch*depth+l)*columns+column]
		if p.conj {
			u = complex(real(u), -imag(u))
		}
		add(re, real(u), real(v))
		if p.d.IsComplex() {
			add(re, -imag(u), imag(v))
			add(im, real(u), imag(v))
			add(im, imag(u), real(v))
		}
	}
	return re, im, scale
}

// rounding is the distance from 1 to the next number of a type, and that from 0.
func rounding(d dtype.DType) (epsilon, least float64) {
	switch d.Real() {
	case dtype.Float16:
		return 0x1p-10, 0x1p-24
	case dtype.Float32:
		return 0x1p-23, 0x1p-149
	}
	return 0x1p-52, 0x1p-1074
}

var depths = [][]int{{0}, {1}, {}, {2, 3}, {16}, {17}, {100}, {128}, {129}, {5, 60}, {257}, {700}, {2, 3, 250}}

// TestSums: of every type, in every layout, a cell is the sum of its products.
func TestSums(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, d := range dtype.All() {
		for _, depth := range depths {
			for range 3 {
				p := newProduct(r, d, [][]int{{}, {3}, {2, 2}}[r.IntN(3)], [][]int{{}, {5}, {1, 3}, {2, 3}}[r.IntN(4)], [][]int{{}, {7}, {4, 2}, {18}}[r.IntN(4)], depth)
				o := p.operands()
				_, results := contracted(t, d, o)
				rows, columns := size(p.rows), size(p.columns)
				cells := size(p.batch) * rows * columns
				for cell := range cells {
					if r.IntN(cells) >= 12 { // some of them
						continue
					}
					re, im, scale := p.exact(cell/(rows*columns), cell/columns%rows, cell%columns)
					got := get(d, results, cell)
					what := fmt.Sprintf("%v %v %v %v %v cell %d", d, p.batch, p.rows, p.columns, depth, cell)
					switch {
					case d == dtype.Bool:
						require.Equal(t, scale > 0, got != 0, what)
					case d.IsInteger():
						want, _ := re.Int(nil)
						bits := new(big.Int).Lsh(big.NewInt(1), uint(8*d.Size()))
						want.Mod(want, bits)
						if d.IsSigned() && want.Bit(8*d.Size()-1) == 1 {
							want.Sub(want, bits)
						}
						require.EqualValues(t, want.Int64(), int64(real(got)), what)
					default:
						near := func(want *big.Float, got float64) {
							w, _ := want.Float64()
							epsilon, least := rounding(d)
							require.InDelta(t, w, got, 8*epsilon*scale+least, what)
						}
						near(re, real(got))
						near(im, imag(got))
					}
				}
			}
		}
	}
}

// TestManyTiles: blocks of more rows, columns and depth than a tile, whose sums
// are exact.
func TestManyTiles(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for _, d := range []dtype.DType{dtype.Float64, dtype.Float32, dtype.Complex64, dtype.Int16, dtype.Uint64, dtype.Bool} {
		p := newProduct(r, d, []int{2}, []int{3, 47}, []int{150}, []int{2, 161})
		for _, x := range []*operand{&p.a, &p.b} { // small whole numbers
			x.values = x.values[:0]
			lengths := concat(p.batch, p.rows, p.depth)
			if x == &p.b {
				lengths = concat(p.batch, p.depth, p.columns)
			}
			w := walk(axesOf(lengths, x.step))
			for ; w.more; w.next() {
				v := complex(float64(r.IntN(3)), 0)
				if d == dtype.Bool {
					v = complex(float64(r.IntN(50)/49), 0)
				}
				x.values = append(x.values, v)
				put(d, x.data, x.offset+w.at.A, v)
			}
		}
		_, results := contracted(t, d, p.operands())
		rows, columns, depth := size(p.rows), size(p.columns), size(p.depth)
		for cell := range size(p.batch) * rows * columns {
			batch, row, column := cell/(rows*columns), cell/columns%rows, cell%columns
			want := 0.0
			for l := range depth {
				want += real(p.a.values[(batch*rows+row)*depth+l]) * real(p.b.values[(batch*depth+l)*columns+column])
			}
			if d == dtype.Bool {
				want = min(want, 1)
			}
			require.Equal(t, complex(want, 0), get(d, results, cell), "%v cell %d", d, cell)
		}
	}
}

func axesOf(lengths, steps []int) []Axis {
	var axes []Axis
	for i, n := range lengths {
		axes = append(axes, Axis{Len: n, A: steps[i]})
	}
	return axes
}

// TestBitsDependOnTheDepthAlone: a part of the rows and columns, laid out in
// another way, has the bits that it has in the whole block.
func TestBitsDependOnTheDepthAlone(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for _, d := range dtype.All() {
		for _, depth := range []int{9, 300} {
			whole := newProduct(r, d, nil, []int{140}, []int{131}, []int{depth})
			plane, _ := contracted(t, d, whole.operands())
			_, kind := op.Contracted(d)
			bytes := kind.Size()
			for range 2 {
				row, column := r.IntN(140), r.IntN(131)
				rows, columns := 1+r.IntN(140-row), 1+r.IntN(131-column)
				part := &product{d: d, rows: []int{rows}, columns: []int{columns}, depth: []int{depth}, conj: whole.conj}
				part.a, part.b = laid(r, d, []int{rows, depth}), laid(r, d, []int{depth, columns})
				for l := range depth {
					for i := range rows {
						put(d, part.a.data, part.a.offset+i*part.a.step[0]+l*part.a.step[1], whole.a.values[(row+i)*depth+l])
					}
					for j := range columns {
						put(d, part.b.data, part.b.offset+l*part.b.step[0]+j*part.b.step[1], whole.b.values[l*131+column+j])
					}
				}
				got, _ := contracted(t, d, part.operands())
				for i := range rows {
					at := ((row+i)*131 + column) * bytes
					require.Equal(t, plane[at:at+columns*bytes], got[i*columns*bytes:(i+1)*columns*bytes], "%v, depth %d", d, depth)
				}
			}
		}
	}
}

// TestNaN: zeros are multiplied like others.
func TestNaN(t *testing.T) {
	for _, d := range []dtype.DType{dtype.Float16, dtype.Float32, dtype.Float64, dtype.Complex64, dtype.Complex128} {
		for _, special := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
			for _, depth := range []int{3, 50} {
				r := rand.New(rand.NewPCG(4, 4))
				p := newProduct(r, d, nil, []int{2}, []int{2}, []int{depth})
				for l := range depth {
					put(d, p.a.data, p.a.offset+l*p.a.step[1], 0)
				}
				put(d, p.b.data, p.b.offset+p.b.step[0], complex(special, 0))
				_, results := contracted(t, d, p.operands())
				require.True(t, math.IsNaN(real(get(d, results, 0))), "%v 0*%v", d, special)
				require.False(t, math.IsNaN(real(get(d, results, 1))))
			}
		}
	}
}

// TestMerge adds planes.
func TestMerge(t *testing.T) {
	for _, d := range dtype.All() {
		c, _ := New(d)
		left, right, results := memory(c.PartialBytes(3)), memory(c.PartialBytes(3)), memory(3*d.Size())
		_, kind := op.Contracted(d)
		for i := range 3 {
			put(kind, left, i, complex(float64(i%2), 0))
			put(kind, right, i, complex(float64(i/2), 0))
		}
		c.Merge(c.PlanesOf(left, 3), c.PlanesOf(right, 3), 3, 1, 1)
		c.Finish(results, c.PlanesOf(left, 3), 3, 2, 0)
		require.Equal(t, []complex128{0, 1, 1}, []complex128{get(d, results, 0), get(d, results, 1), get(d, results, 2)}, d)
		require.Equal(t, c.PartialBytes(5), op.PartialBytes(op.Matmul, d, 5))
	}
}

// TestStartsNoGoroutine: what a block takes is the work of one worker. (The runtime
// may start a few of its own.)
func TestStartsNoGoroutine(t *testing.T) {
	sample := []metrics.Sample{{Name: "/sched/goroutines-created:goroutines"}}
	created := func() uint64 {
		metrics.Read(sample)
		require.Equal(t, metrics.KindUint64, sample[0].Value.Kind())
		return sample[0].Value.Uint64()
	}
	r := rand.New(rand.NewPCG(5, 5))
	for _, d := range []dtype.DType{dtype.Float64, dtype.Float32, dtype.Complex128} {
		p := newProduct(r, d, nil, []int{300}, []int{300}, []int{300})
		o := p.operands()
		before := created()
		contracted(t, d, o)
		require.Less(t, created()-before, uint64(20), "%v", d)
	}
}

func BenchmarkLeaf(b *testing.B) {
	for _, d := range []dtype.DType{dtype.Float64, dtype.Float32, dtype.Float16, dtype.Complex128, dtype.Complex64, dtype.Int32, dtype.Int64, dtype.Bool} {
		for _, c := range []struct {
			what                   string
			batch, rows, cols, dep int
			transposed             bool
		}{{"1000^3", 1, 1000, 1000, 1000, false}, {"transposed 1000^3", 1, 1000, 1000, 1000, true}, {"1024^3", 1, 1024, 1024, 1024, false}, {"matrix times vector", 1, 1000, 1, 1000, false}, {"many 3 by 3", 100_000, 3, 3, 3, false}, {"many dots of 100", 10_000, 1, 1, 100, false}} {
			b.Run(fmt.Sprintf("%v/%s", d, c.what), func(b *testing.B) {
				o := &Operands{A: memory(c.batch * c.rows * c.dep * d.Size()), B: memory(c.batch * c.cols * c.dep * d.Size())}
				o.Batch = []Axis{{c.batch, c.rows * c.dep, c.cols * c.dep, c.rows * c.cols}}
				o.Rows, o.Columns, o.Depth = []Axis{{c.rows, c.dep, 0, c.cols}}, []Axis{{c.cols, 0, 1, 1}}, []Axis{{c.dep, 1, c.cols, 0}}
				if c.transposed {
					o.Columns, o.Depth = []Axis{{c.cols, 0, c.dep, 1}}, []Axis{{c.dep, 1, 1, 0}}
				}
				k, _ := New(d)
				out, scratch := memory(k.PartialBytes(c.batch*c.rows*c.cols)), memory(op.TilesOf(d, c.rows, c.cols, c.dep).Bytes())
				for b.Loop() {
					k.Leaf(out, scratch, o)
				}
				b.ReportMetric(2*float64(c.batch*c.rows*c.cols)*float64(c.dep)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			})
		}
	}
}
