package netcdf

import (
	"bytes"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/block"
	"gabion/dtype"
)

// allTypes is one variable of every type that a version has, fixed and with
// records; 3 elements an axis, so that records of small types are padded.
func allTypes(version byte) fixture {
	f := fixture{version: version, records: 2, dims: []fixtureDim{{"x", 3}, {"time", 0}}}
	values := []any{
		[]int8{-128, -1, 0, 1, 127, 5}, []int16{-32768, -1, 0, 258, 32767, 5}, []int32{math.MinInt32, -1, 0, 0x01020304, math.MaxInt32, 5},
		[]float32{-1.5, 0, math.MaxFloat32, math.SmallestNonzeroFloat32, float32(math.Inf(1)), 5}, []float64{-1.5, 0, math.MaxFloat64, math.Pi, math.Inf(-1), 5},
	}
	if version == 5 {
		values = append(values, []uint8{0, 1, 127, 128, 255, 5}, []uint16{0, 1, 258, 32768, 65535, 5}, []uint32{0, 1, 0x01020304, 1 << 31, math.MaxUint32, 5},
			[]int64{math.MinInt64, -1, 0, 1<<62 + 1, math.MaxInt64, 5}, []uint64{0, 1, 1<<63 + 1, 1 << 63, math.MaxUint64, 5})
	}
	for _, v := range values {
		name := storedType(typeNumber(v)).String()
		f.vars = append(f.vars,
			fixtureVar{name: name + "_records", dims: []int{1, 0}, values: v},
			fixtureVar{name: name, dims: []int{0}, values: firstThree(v)})
	}
	return f
}

func firstThree(values any) any {
	switch v := values.(type) {
	case []int8:
		return v[:3]
	case []int16:
		return v[:3]
	case []int32:
		return v[:3]
	case []float32:
		return v[:3]
	case []float64:
		return v[:3]
	case []uint8:
		return v[:3]
	case []uint16:
		return v[:3]
	case []uint32:
		return v[:3]
	case []int64:
		return v[:3]
	}
	return values.([]uint64)[:3]
}

// native is the memory of values.
func native(values any) []byte {
	switch v := values.(type) {
	case []int8:
		return dtype.Bytes(v)
	case []int16:
		return dtype.Bytes(v)
	case []int32:
		return dtype.Bytes(v)
	case []float32:
		return dtype.Bytes(v)
	case []float64:
		return dtype.Bytes(v)
	case []uint8:
		return dtype.Bytes(v)
	case []uint16:
		return dtype.Bytes(v)
	case []uint32:
		return dtype.Bytes(v)
	case []int64:
		return dtype.Bytes(v)
	}
	return dtype.Bytes(values.([]uint64))
}

func TestEveryTypeOfEveryVersion(t *testing.T) {
	for _, version := range []byte{1, 2, 5} {
		f := allTypes(version)
		file := f.open(t)
		require.Len(t, file.Variables(), len(f.vars))
		for _, want := range f.vars {
			v := variableOf(t, file, want.name)
			d := v.Describe()
			require.Equal(t, storedType(typeNumber(want.values)).dtype(), d.DType, want.name)
			got := readRegion(t, v, block.Whole(d.Shape()))
			require.Equal(t, native(want.values), got.DenseBytes(), "CDF-%d %s", version, want.name)
		}
	}
}

func TestVariableWithoutDimensionsIsOneElement(t *testing.T) {
	file := fixture{version: 1, vars: []fixtureVar{{name: "answer", values: []int32{42}}}}.open(t)
	v := variableOf(t, file, "answer")
	require.Empty(t, v.Describe().Shape())
	require.Equal(t, []int32{42}, readAll[int32](t, v))
}

func TestRecordsOfASingleVariableAreNotPadded(t *testing.T) {
	one := fixture{version: 1, records: 3, dims: []fixtureDim{{"t", 0}, {"x", 3}},
		vars: []fixtureVar{{name: "a", dims: []int{0, 1}, values: []int8{1, 2, 3, 4, 5, 6, 7, 8, 9}}}}
	require.Equal(t, []int8{1, 2, 3, 4, 5, 6, 7, 8, 9}, readAll[int8](t, variableOf(t, one.open(t), "a")))

	two := one
	two.vars = append(two.vars, fixtureVar{name: "b", dims: []int{0}, values: []int16{10, 20, 30}})
	file := two.open(t)
	require.Equal(t, []int8{1, 2, 3, 4, 5, 6, 7, 8, 9}, readAll[int8](t, variableOf(t, file, "a")))
	require.Equal(t, []int16{10, 20, 30}, readAll[int16](t, variableOf(t, file, "b")))
}

func TestStreamedFilesHaveAsManyRecordsAsFit(t *testing.T) {
	for _, version := range []byte{1, 2, 5} {
		f := fixture{version: version, records: 3, claim: &streaming, dims: []fixtureDim{{"t", 0}, {"x", 3}}, vars: []fixtureVar{
			{name: "a", dims: []int{0, 1}, values: []int16{1, 2, 3, 4, 5, 6, 7, 8, 9}},
			{name: "b", dims: []int{0}, values: []int8{10, 20, 30}},
		}}
		whole := f.encode()
		for cut, records := range map[int]int{0: 3, 3: 3, 4: 2, 12: 2, 15: 2, 16: 1, 24: 1, 36: 0} {
			file, err := newFile("test.nc", bytes.NewReader(whole[:len(whole)-cut]), int64(len(whole)-cut))
			require.NoError(t, err)
			require.Equal(t, []Dimension{{"t", records, true}, {"x", 3, false}}, file.Dimensions(), "CDF-%d less %d bytes", version, cut)
			require.Equal(t, []int16{1, 2, 3, 4, 5, 6, 7, 8, 9}[:3*records], append([]int16{}, readAll[int16](t, variableOf(t, file, "a"))...))
			require.Equal(t, []int8{10, 20, 30}[:records], append([]int8{}, readAll[int8](t, variableOf(t, file, "b"))...))
		}
	}
}

func TestNoRecords(t *testing.T) {
	f := fixture{version: 2, dims: []fixtureDim{{"t", 0}, {"x", 1 << 30}, {"y", 1 << 30}},
		vars: []fixtureVar{{name: "a", dims: []int{0}, values: []int16{}}, {name: "huge", dims: []int{0, 1, 2}, values: []int16{}}}}
	file := f.open(t)
	require.Equal(t, block.Shape{0}, variableOf(t, file, "a").Describe().Shape())
	require.Empty(t, readAll[int16](t, variableOf(t, file, "a")))
	require.Equal(t, block.Shape{0, 1 << 30, 1 << 30}, variableOf(t, file, "huge").Describe().Shape())
	require.Empty(t, readAll[int16](t, variableOf(t, file, "huge")))
}

func TestDefaultChunksSplitLeadingAxes(t *testing.T) {
	for _, c := range []struct {
		shape block.Shape
		size  int
		want  block.Shape
	}{
		{block.Shape{}, 8, block.Shape{}},
		{block.Shape{132, 73, 144}, 4, block.Shape{132, 73, 144}},
		{block.Shape{1 << 22}, 4, block.Shape{1 << 22}},
		{block.Shape{1<<22 + 1}, 4, block.Shape{1<<21 + 1}},
		{block.Shape{1000, 1000, 1000}, 4, block.Shape{4, 1000, 1000}},
		{block.Shape{10, 3000, 2000}, 8, block.Shape{1, 1000, 2000}},
		{block.Shape{3, 5 << 20, 2}, 8, block.Shape{1, 1 << 20, 2}},
		{block.Shape{0, 1 << 40, 1 << 40}, 8, block.Shape{0, 1, 1 << 21}},
		{block.Shape{1 << 40, 0, 8}, 8, block.Shape{1 << 18, 0, 8}},
	} {
		require.Equal(t, c.want, defaultChunks(c.shape, c.size), "%v", c.shape)
	}
}

func TestChunksOption(t *testing.T) {
	file := fixture{version: 1, dims: []fixtureDim{{"y", 2}, {"x", 5}},
		vars: []fixtureVar{{name: "a", dims: []int{0, 1}, values: make([]int16, 10)}}}.open(t)
	require.Equal(t, "(2, 2x2+1)", variableOf(t, file, "a", Chunks(block.Shape{0, 2})).Describe().Grid.String())
	_, err := file.Variable("a", Chunks(block.Shape{2}))
	require.ErrorContains(t, err, `test.nc: variable "a" has 2 axes (2, 5), the chunks (2,) have 1`)
}
