package netcdf

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/block"
	"gabion/dtype"
)

// randomFixture is a file of random layout and content, with variables of
// every type of its version.
func randomFixture(rng *rand.Rand) fixture {
	f := fixture{version: []byte{1, 2, 5}[rng.IntN(3)], records: rng.IntN(5)}
	for i := range 1 + rng.IntN(4) {
		f.dims = append(f.dims, fixtureDim{string(rune('a' + i)), 1 + rng.IntN(9)})
	}
	recordDim := rng.IntN(len(f.dims) + 1) // the last: none
	if recordDim < len(f.dims) {
		f.dims[recordDim].length = 0
	}
	for i := range rng.IntN(6) {
		v := fixtureVar{name: string(rune('A' + i))}
		elements := 1
		for axis := range rng.IntN(5) {
			d := rng.IntN(len(f.dims))
			if d == recordDim && axis > 0 {
				continue
			}
			v.dims = append(v.dims, d)
			if d == recordDim {
				elements *= f.records
			} else {
				elements *= f.dims[d].length
			}
		}
		types := 5
		if f.version == 5 {
			types = 10
		}
		v.values = randomValues(rng, rng.IntN(types), elements)
		f.vars = append(f.vars, v)
	}
	return f
}

func randomValues(rng *rand.Rand, kind, n int) any {
	switch kind {
	case 0:
		return fill(n, func() int8 { return int8(rng.Uint64()) })
	case 1:
		return fill(n, func() int16 { return int16(rng.Uint64()) })
	case 2:
		return fill(n, func() int32 { return int32(rng.Uint64()) })
	case 3:
		return fill(n, func() float32 { return math.Float32frombits(rng.Uint32()) })
	case 4:
		return fill(n, func() float64 { return math.Float64frombits(rng.Uint64()) })
	case 5:
		return fill(n, func() uint8 { return uint8(rng.Uint64()) })
	case 6:
		return fill(n, func() uint16 { return uint16(rng.Uint64()) })
	case 7:
		return fill(n, func() uint32 { return uint32(rng.Uint64()) })
	case 8:
		return fill(n, func() int64 { return int64(rng.Uint64()) })
	}
	return fill(n, rng.Uint64)
}

func fill[T any](n int, next func() T) []T {
	values := make([]T, n)
	for i := range values {
		values[i] = next()
	}
	return values
}

func randomRegion(rng *rand.Rand, s block.Shape) block.Region {
	r := block.Region{Start: make([]int, len(s)), Shape: make(block.Shape, len(s))}
	for axis, n := range s {
		if rng.IntN(3) == 0 {
			r.Shape[axis] = n
			continue
		}
		r.Start[axis] = rng.IntN(n + 1)
		r.Shape[axis] = rng.IntN(n - r.Start[axis] + 1)
	}
	return r
}

func TestRegionsOfRandomFiles(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	regions := 0
	for range 400 {
		f := randomFixture(rng)
		file := f.open(t)
		for _, stored := range f.vars {
			v := variableOf(t, file, stored.name)
			d := v.Describe()
			whole := block.Dense(d.DType, d.Shape(), native(stored.values))
			for range 8 {
				r := randomRegion(rng, d.Shape())
				want := make([]byte, r.Elements()*d.DType.Size()+8)
				block.Copy(block.Dense(d.DType, r.Shape, want), whole.Part(r))
				want = want[:r.Elements()*d.DType.Size()]
				require.Equal(t, want, append([]byte{}, readRegion(t, v, r).DenseBytes()...), "%s %v of %v", stored.name, r, d.Shape())
				requireStrided(t, rng, v, r, want)
				regions++
			}
		}
	}
	require.Greater(t, regions, 3000)
}

// requireStrided reads r into a part of a larger, transposed block and checks
// that nothing else was written.
func requireStrided(t *testing.T, rng *rand.Rand, v *Variable, r block.Region, want []byte) {
	t.Helper()
	rank, d := len(r.Shape), v.Describe().DType
	axes := rng.Perm(rank)
	outer, at := make(block.Shape, rank), make([]int, rank)
	shape := make(block.Shape, rank)
	inverse := make([]int, rank)
	for to, from := range axes {
		shape[to] = r.Shape[from]
		inverse[from] = to
		at[to] = rng.IntN(2)
		outer[to] = shape[to] + at[to] + rng.IntN(2)
	}
	size := outer.Elements() * d.Size()
	memory := dtype.Bytes(make([]uint64, size/8+1))
	for i := range memory {
		memory[i] = 0xA5
	}
	dst := block.Dense(d, outer, memory[:size]).Part(block.Region{Start: at, Shape: shape}).Transpose(inverse)
	require.NoError(t, v.Read(t.Context(), r, dst, block.NewScratch(v.Scratch(r))))
	got := block.Dense(d, r.Shape, make([]byte, len(want)))
	block.Copy(got, dst)
	require.Equal(t, want, got.DenseBytes())
	expected := bytes.Repeat([]byte{0xA5}, len(memory))
	block.Copy(block.Dense(d, outer, expected[:size]).Part(block.Region{Start: at, Shape: shape}).Transpose(inverse), got)
	require.Equal(t, expected, memory, "bytes beside the destination were written")
}

// interleaved is two variables of 100 records of (51, 40) each, and a packed
// one of fixed size.
func interleaved() fixture {
	values := make([]float32, 100*51*40)
	for i := range values {
		values[i] = float32(i)
	}
	packed := make([]int16, len(values))
	for i := range packed {
		packed[i] = int16(i)
	}
	half := []fixtureAttr{{"scale_factor", []float64{0.5}}}
	return fixture{version: 2, records: 100, dims: []fixtureDim{{"t", 0}, {"y", 51}, {"x", 40}, {"n", len(packed)}}, vars: []fixtureVar{
		{name: "u", dims: []int{0, 1, 2}, values: values},
		{name: "p", dims: []int{0, 1, 2}, attrs: half, values: packed},
		{name: "fixed", dims: []int{3}, attrs: half, values: packed},
	}}
}

func TestOnlyTheBytesOfARegionAreRead(t *testing.T) {
	f := interleaved()
	file := f.open(t)
	counter := &counted{in: file.data}
	file.data = counter
	u := block.Dense(dtype.Float32, block.Shape{100, 51, 40}, native(f.vars[0].values))
	for _, c := range []struct {
		name         string
		region       block.Region
		bytes, calls int64
	}{
		{"one record", block.Region{Start: []int{7, 0, 0}, Shape: block.Shape{1, 51, 40}}, 8160, 1},
		{"one row", block.Region{Start: []int{7, 3, 0}, Shape: block.Shape{1, 1, 40}}, 160, 1},
		{"one element", block.Region{Start: []int{7, 3, 9}, Shape: block.Shape{1, 1, 1}}, 4, 1},
		{"one element a record", block.Region{Start: []int{0, 3, 9}, Shape: block.Shape{100, 1, 1}}, 400, 100},
		{"some rows of each record", block.Region{Start: []int{10, 3, 0}, Shape: block.Shape{5, 2, 40}}, 5 * 320, 5},
		{"a column, gaps read over", block.Region{Start: []int{7, 0, 9}, Shape: block.Shape{1, 51, 1}}, 50*160 + 4, 1},
		{"nothing", block.Region{Start: []int{7, 0, 9}, Shape: block.Shape{1, 0, 1}}, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			counter.bytes, counter.calls = 0, 0
			got := readRegion(t, variableOf(t, file, "u"), c.region)
			want := block.Dense(dtype.Float32, c.region.Shape, dtype.Bytes(make([]float32, c.region.Elements()+1)))
			block.Copy(want, u.Part(c.region))
			require.True(t, bytes.Equal(want.DenseBytes(), got.DenseBytes()))
			require.Equal(t, c.bytes, counter.bytes)
			require.Equal(t, c.calls, counter.calls)
		})
	}
}

func TestWholeVariablesAreReadInWindows(t *testing.T) {
	f := interleaved()
	file := f.open(t)
	counter := &counted{in: file.data}
	file.data = counter
	readAll[float64](t, variableOf(t, file, "fixed"))
	require.Equal(t, int64(2*100*51*40), counter.bytes)
	require.Equal(t, int64(2), counter.calls)

	counter.bytes, counter.calls = 0, 0 // the other variable's 4,080 bytes a record are read over
	require.Equal(t, f.vars[0].values, readAll[float32](t, variableOf(t, file, "u")))
	require.LessOrEqual(t, counter.bytes, int64(99*12240+8160))
	require.Equal(t, int64(5), counter.calls)
}

func TestLargeGapsAreSkipped(t *testing.T) {
	f := interleaved()
	f.vars[1].dims = []int{0, 1, 2, 4}
	f.dims = append(f.dims, fixtureDim{"z", 2})
	f.vars[1].values = make([]int16, 100*51*40*2)
	file := f.open(t)
	counter := &counted{in: file.data}
	file.data = counter
	readRegion(t, variableOf(t, file, "u"), block.Whole(block.Shape{100, 51, 40}))
	require.Equal(t, int64(100*8160), counter.bytes)
	require.Equal(t, int64(100), counter.calls)
}

func TestScratchIsBounded(t *testing.T) {
	file := interleaved().open(t)
	for name, limit := range map[string]int64{"u": windowBytes, "p": 4080 + 4080, "fixed": windowBytes + 2*stagingLength} {
		v := variableOf(t, file, name)
		whole := block.Whole(v.Describe().Shape())
		require.Equal(t, limit, v.Scratch(whole))
		dst := block.Dense(v.Describe().DType, whole.Shape, dtype.Bytes(make([]float64, whole.Elements())))
		require.ErrorContains(t, v.Read(t.Context(), whole, dst, block.NewScratch(limit-1)), "scratch")
	}
	v := variableOf(t, file, "u")
	require.Equal(t, int64(4), v.Scratch(block.Region{Start: []int{0, 0, 0}, Shape: block.Shape{1, 1, 1}}))
}

func TestPackedRegionsOfManyWindows(t *testing.T) {
	file := interleaved().open(t)
	for _, name := range []string{"p", "fixed"} {
		for i, x := range readAll[float64](t, variableOf(t, file, name)) {
			if want := float64(int16(i)) / 2; x != want {
				require.Equal(t, want, x, "%s, element %d", name, i)
			}
		}
	}
}

func TestReadRefusesWhatDoesNotFit(t *testing.T) {
	v := variableOf(t, sample(1).open(t), "wind")
	read := func(r block.Region, dst block.Block) error {
		return v.Read(t.Context(), r, dst, block.NewScratch(1<<20))
	}
	four := block.Dense(dtype.Float32, block.Shape{4}, make([]byte, 16))
	inside := block.Region{Start: []int{0, 0}, Shape: block.Shape{1, 3}}
	require.ErrorContains(t, read(block.Region{Start: []int{1, 0}, Shape: block.Shape{2, 2}}, four), "netcdf: test.nc:wind: reading [1:3, 0:2]: region")
	require.ErrorContains(t, read(block.Region{Start: []int{0}, Shape: block.Shape{1}}, four), "has 1 axes")
	require.ErrorContains(t, read(inside, four), "the destination is float32 of shape (4,), not float32 of shape (1, 3)")
	require.ErrorContains(t, read(inside, block.Dense(dtype.Int32, inside.Shape, make([]byte, 12))), "the destination is int32")
}

func TestFailedReadsNameThePlace(t *testing.T) {
	path := sample(1).write(t)
	file, err := Open(path)
	require.NoError(t, err)
	v := variableOf(t, file, "wind")
	r := block.Whole(v.Describe().Shape())
	dst := block.Dense(dtype.Float32, r.Shape, make([]byte, 24))
	read := func(ctx context.Context) error { return v.Read(ctx, r, dst, block.NewScratch(v.Scratch(r))) }
	require.NoError(t, read(t.Context()))

	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, read(cancelled), context.Canceled)

	info, err := os.Stat(path)
	require.NoError(t, err)
	require.NoError(t, os.Truncate(path, info.Size()-4))
	require.ErrorContains(t, read(t.Context()), "netcdf: "+path+":wind: reading [0:2, 0:3]: 24 bytes at byte ")
	require.ErrorContains(t, read(t.Context()), "the file became shorter after it was opened")

	require.NoError(t, file.Close())
	require.ErrorIs(t, read(t.Context()), os.ErrClosed)

	failing := errors.New("disk on fire")
	file.data = readerFunc(func([]byte, int64) (int, error) { return 0, failing })
	require.ErrorIs(t, read(t.Context()), failing)
}

type readerFunc func(p []byte, at int64) (int, error)

func (f readerFunc) ReadAt(p []byte, at int64) (int, error) { return f(p, at) }

func TestHeaderThatCannotBeRead(t *testing.T) {
	data := sample(1).encode()
	failing := errors.New("disk on fire")
	_, err := newFile("test.nc", readerFunc(func([]byte, int64) (int, error) { return 0, failing }), int64(len(data)))
	require.ErrorIs(t, err, failing)
	require.ErrorContains(t, err, "test.nc: header byte 0: reading the magic number")
	_, err = newFile("test.nc", readerFunc(func(p []byte, at int64) (int, error) {
		if at > 0 {
			return 0, io.EOF
		}
		return copy(p[:40], data), nil
	}), int64(len(data)))
	require.ErrorContains(t, err, "the file became shorter while it was read")
}
