package dtype_test

import (
	"encoding/json"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	. "gabion/dtype"
)

func TestNames(t *testing.T) {
	want := []string{"bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
		"float16", "float32", "float64", "complex64", "complex128"}
	require.Len(t, All(), len(want))
	for i, d := range All() {
		require.Equal(t, want[i], d.String())
		require.True(t, d.Valid())
		p, err := Parse(want[i])
		require.NoError(t, err)
		require.Equal(t, d, p)
		text, err := json.Marshal(d)
		require.NoError(t, err)
		var back DType
		require.NoError(t, json.Unmarshal(text, &back))
		require.Equal(t, d, back)
	}
	for _, name := range []string{"", "invalid", "Float32", "float", "int128", "f4", " int8"} {
		_, err := Parse(name)
		require.ErrorContains(t, err, "complex128", "the error lists what there is")
	}
	var d DType
	require.Error(t, json.Unmarshal([]byte(`"float128"`), &d))
	_, err := json.Marshal(Invalid)
	require.Error(t, err, "what cannot be read back is not written")
	for _, d := range []DType{Invalid, 15, 255} {
		require.False(t, d.Valid())
		require.Equal(t, "invalid", d.String())
		require.Zero(t, d.Size())
		require.Equal(t, KindInvalid, d.Kind())
	}
}

func checkGo[T Element](t *testing.T, want DType) {
	t.Helper()
	require.Equal(t, want, Of[T]())
	values := make([]T, 7)
	require.Equal(t, want.Size(), int(unsafe.Sizeof(values[0])))
	b := Bytes(values)
	require.Len(t, b, 7*want.Size())
	require.True(t, Aligned(b, want))
	b[want.Size()] = 1
	same := Slice[T](b[:len(b)-1])
	require.Len(t, same, 6, "rounded down to whole elements")
	require.Equal(t, &values[0], &same[0], "no copy")
	require.NotEqual(t, values[0], values[1])
	require.Nil(t, Bytes([]T(nil)))
	require.Nil(t, Slice[T](nil))
}

func TestGoTypes(t *testing.T) {
	checkGo[bool](t, Bool)
	checkGo[int8](t, Int8)
	checkGo[int16](t, Int16)
	checkGo[int32](t, Int32)
	checkGo[int64](t, Int64)
	checkGo[uint8](t, Uint8)
	checkGo[uint16](t, Uint16)
	checkGo[uint32](t, Uint32)
	checkGo[uint64](t, Uint64)
	checkGo[Half](t, Float16)
	checkGo[float32](t, Float32)
	checkGo[float64](t, Float64)
	checkGo[complex64](t, Complex64)
	checkGo[complex128](t, Complex128)
	for v, want := range map[any]DType{1: Int64, uint(1): Uint64, "x": Invalid, struct{}{}: Invalid} {
		d, ok := OfValue(v)
		require.Equal(t, want, d)
		require.Equal(t, want.Valid(), ok)
	}
}

func TestAligned(t *testing.T) {
	words := make([]complex128, 4)
	b := Bytes(words)
	require.True(t, Aligned(b[1:], Int8))
	require.False(t, Aligned(b[1:], Int16))
	require.True(t, Aligned(b[4:], Complex64), "aligned as its parts are")
	require.False(t, Aligned(b[4:], Complex128))
	require.True(t, Aligned(b[8:], Complex128))
	require.True(t, Aligned(b[1:1], Float64), "nothing is aligned")
}
