package matrix_test

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"gabion/array"
	"gabion/block"
	"gabion/block/blocktest"
	"gabion/dtype"
	"gabion/io/matrix"
)

var ctx = context.Background()

// counting is 1, 2, 3, ...
func counting(n int) []float64 {
	data := make([]float64, n)
	for i := range data {
		data[i] = float64(i + 1)
	}
	return data
}

// elements is m by its At, which is what sources are compared with.
func elements(m mat.Matrix) block.Block {
	rows, cols := m.Dims()
	data := make([]float64, 0, rows*cols)
	for i := range rows {
		for j := range cols {
			data = append(data, m.At(i, j))
		}
	}
	return block.Dense(dtype.Float64, block.Shape{rows, cols}, dtype.Bytes(data))
}

// TestSources reads every kind of matrix. Those in a slice are used in place.
func TestSources(t *testing.T) {
	dense := mat.NewDense(5, 4, counting(20))
	column := mat.NewVecDense(6, counting(6))
	for name, c := range map[string]struct {
		m       mat.Matrix
		inPlace bool
	}{
		"dense":                  {dense, true},
		"a part":                 {dense.Slice(1, 4, 1, 3), true},
		"transposed":             {dense.T(), true},
		"a part, transposed":     {dense.Slice(1, 4, 1, 3).T(), true},
		"transposed twice":       {mat.Transpose{Matrix: dense.T()}, true},
		"a vector":               {column, true},
		"a column":               {dense.ColView(2), true},
		"a row":                  {dense.RowView(2), true},
		"a vector, transposed":   {column.T(), true},
		"no elements":            {new(mat.Dense), true},
		"symmetric":              {mat.NewSymDense(3, counting(9)), false},
		"triangular, transposed": {mat.NewTriDense(3, mat.Upper, counting(9)).T(), false},
		"diagonal":               {mat.NewDiagDense(3, counting(3)), false},
		"banded":                 {mat.NewBandDense(4, 5, 1, 1, counting(12)), false},
	} {
		t.Run(name, func(t *testing.T) {
			_, viewed := matrix.Source(c.m).(block.Viewer)
			require.Equal(t, c.inPlace, viewed)
			blocktest.TestSource(t, func() block.Source { return matrix.Source(c.m) }, elements(c.m))
			if v, ok := c.m.(mat.Vector); ok {
				want := elements(c.m)
				want.Shape, want.Strides = block.Shape{v.Len()}, []int{1}
				blocktest.TestSource(t, func() block.Source { return matrix.Vector(v) }, want)
			}
		})
	}
}

// asked is a vector that is no more than its methods.
type asked struct{ mat.Vector }

func TestVectorByItsMethods(t *testing.T) {
	v := asked{mat.NewVecDense(5, counting(5))}
	want := block.Dense(dtype.Float64, block.Shape{5}, dtype.Bytes(counting(5)))
	_, viewed := matrix.Vector(v).(block.Viewer)
	require.False(t, viewed)
	blocktest.TestSource(t, func() block.Source { return matrix.Vector(v) }, want)
}

// TestNil checks that what is nil is an error of the array, not a panic.
func TestNil(t *testing.T) {
	var m *mat.Dense
	for _, x := range []array.Array{array.From(matrix.Source(nil)), array.From(matrix.Source(m)), array.From(matrix.Vector(nil)), array.From(matrix.Vector((*mat.VecDense)(nil)))} {
		require.ErrorContains(t, x.Err(), "the source is nil")
	}
	require.ErrorContains(t, array.Store(ctx, matrix.Sink(m), array.Zeros[float64]([]int{2, 2})), "the sink of output 0 is nil")
}

// TestChunks checks that large matrices are computed in several blocks.
func TestChunks(t *testing.T) {
	x := array.From(matrix.Source(mat.NewDense(3000, 2000, nil)))
	require.Equal(t, "(2x1048+904, 2000)", x.Chunks().String())
	x = array.From(matrix.Vector(mat.NewVecDense(5_000_000, nil)))
	require.Equal(t, "(2x2097152+805696,)", x.Chunks().String())
}

func TestSinkConformance(t *testing.T) {
	var m *mat.Dense
	blocktest.TestSink(t,
		func() block.Sink { m = new(mat.Dense); return matrix.Sink(m) },
		func() (block.Source, error) {
			switch _, cols := m.Dims(); {
			case m.IsEmpty():
				return nil, errors.New("the matrix is empty")
			case cols == 1: // an array of one axis
				return matrix.Vector(m.ColView(0)), nil
			}
			return matrix.Source(m), nil
		},
		blocktest.SinkOptions{DTypes: []dtype.DType{dtype.Float64}, NoScalar: true, NoEmpty: true, MaxRank: 2,
			Again: func() block.Sink { return matrix.Sink(m) }})
}

// TestConversions stores arrays of all types.
func TestConversions(t *testing.T) {
	want := map[dtype.DType][]float64{
		dtype.Bool: {0, 1, 1, 0, 1, 0}, dtype.Float16: {-2, -0.5, 0, 0.5, 1, 65504}, dtype.Float32: {-2, float64(float32(0.1)), 0, math.Inf(1), 1, math.MaxFloat32},
		dtype.Int8: {-128, -1, 0, 1, 2, 127}, dtype.Int16: {-32768, -1, 0, 1, 2, 32767}, dtype.Int32: {math.MinInt32, -1, 0, 1, 2, math.MaxInt32},
		dtype.Int64: {math.MinInt64, -1, 0, 1, 2, 9007199254740992}, // of which the last is 2⁵³+1 before
		dtype.Uint8: {0, 1, 2, 3, 4, 255}, dtype.Uint16: {0, 1, 2, 3, 4, 65535}, dtype.Uint32: {0, 1, 2, 3, 4, math.MaxUint32},
		dtype.Uint64: {0, 1, 2, 3, 4, math.MaxUint64}, dtype.Float64: {-2, -0.5, 0, 0.5, 1, math.MaxFloat64},
	}
	for _, x := range []array.Array{
		array.FromSlice([]bool{false, true, true, false, true, false}, nil),
		array.FromSlice([]dtype.Half{dtype.HalfOf(-2), dtype.HalfOf(-0.5), 0, dtype.HalfOf(0.5), dtype.HalfOf(1), dtype.HalfOf(65504)}, nil),
		array.FromSlice([]float32{-2, 0.1, 0, float32(math.Inf(1)), 1, math.MaxFloat32}, nil),
		array.FromSlice([]float64{-2, -0.5, 0, 0.5, 1, math.MaxFloat64}, nil),
		array.FromSlice([]int8{-128, -1, 0, 1, 2, 127}, nil),
		array.FromSlice([]int16{-32768, -1, 0, 1, 2, 32767}, nil),
		array.FromSlice([]int32{math.MinInt32, -1, 0, 1, 2, math.MaxInt32}, nil),
		array.FromSlice([]int64{math.MinInt64, -1, 0, 1, 2, 9007199254740993}, nil),
		array.FromSlice([]uint8{0, 1, 2, 3, 4, 255}, nil),
		array.FromSlice([]uint16{0, 1, 2, 3, 4, 65535}, nil),
		array.FromSlice([]uint32{0, 1, 2, 3, 4, math.MaxUint32}, nil),
		array.FromSlice([]uint64{0, 1, 2, 3, 4, math.MaxUint64}, nil),
	} {
		var line, box, turned mat.Dense
		require.NoError(t, array.StoreAll(ctx, []array.Output{
			{Array: x, Sink: matrix.Sink(&line)},
			{Array: x.Reshape(2, 3).Rechunk(array.Chunks(1, 2)), Sink: matrix.Sink(&box)},
			{Array: x.Reshape(2, 3).Transpose(), Sink: matrix.Sink(&turned)},
		}))
		rows, cols := line.Dims()
		require.Equal(t, []int{6, 1}, []int{rows, cols}, "one axis is one column")
		require.Equal(t, want[x.DType()], line.RawMatrix().Data, x.DType())
		require.Equal(t, want[x.DType()], box.RawMatrix().Data, x.DType())
		require.True(t, mat.Equal(box.T(), &turned))
		delete(want, x.DType())
	}
	require.Empty(t, want)
}

// TestFilling writes to matrices that have elements: those of the right shape
// keep their memory, others are refused.
func TestFilling(t *testing.T) {
	large := mat.NewDense(4, 5, nil)
	part := large.Slice(1, 3, 2, 5).(*mat.Dense)
	x := array.Arange[int32](1, 7, 1).Reshape(2, 3)
	require.NoError(t, array.Store(ctx, matrix.Sink(part), x))
	require.Equal(t, []float64{
		0, 0, 0, 0, 0,
		0, 0, 1, 2, 3,
		0, 0, 4, 5, 6,
		0, 0, 0, 0, 0,
	}, large.RawMatrix().Data)

	refused := func(m *mat.Dense, x array.Array, want string) {
		t.Helper()
		before := mat.DenseCopyOf(m)
		require.ErrorContains(t, array.Store(ctx, matrix.Sink(m), x), want)
		require.True(t, mat.Equal(before, m))
	}
	refused(part, x.Transpose(), "an array of shape (3, 2) does not fit a matrix of 2 rows and 3 columns; Reset the matrix")
	refused(part, x.AsType(dtype.Complex64), "elements of complex64 do not become float64")
	refused(new(mat.Dense), x.Reshape(1, 2, 3), "an array of shape (1, 2, 3) has 3 axes, a matrix has 2; reshape it")
	refused(new(mat.Dense), x.Sum(), "an array of shape () has 0 axes")
	refused(new(mat.Dense), array.Zeros[float64]([]int{0, 3}), "gonum has no matrix of shape (0, 3)")
	refused(new(mat.Dense), array.Zeros[float64]([]int{0}), "gonum has no matrix of shape (0,)")
	var none mat.Dense
	require.NoError(t, array.Store(ctx, matrix.Sink(&none), array.Zeros[float64]([]int{0, 0})))
	require.True(t, none.IsEmpty())
	part.Zero()
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	require.ErrorIs(t, array.Store(cancelled, matrix.Sink(part), x), context.Canceled)
	require.Zero(t, mat.Norm(large, 1))
}
