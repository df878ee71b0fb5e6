package dtype_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	. "gabion/dtype"
)

// short are the names of the table below.
var short = map[string]DType{
	"b1": Bool, "i1": Int8, "i2": Int16, "i4": Int32, "i8": Int64, "u1": Uint8, "u2": Uint16, "u4": Uint32, "u8": Uint64,
	"f2": Float16, "f4": Float32, "f8": Float64, "c8": Complex64, "c16": Complex128,
}

// numpyTable is numpy.result_type of arrays, NumPy 2.4.
const numpyTable = `
        b1   i1   u1   i2   u2   i4   u4   i8   u8   f2   f4   f8   c8  c16
  b1    b1   i1   u1   i2   u2   i4   u4   i8   u8   f2   f4   f8   c8  c16
  i1    i1   i1   i2   i2   i4   i4   i8   i8   f8   f2   f4   f8   c8  c16
  u1    u1   i2   u1   i2   u2   i4   u4   i8   u8   f2   f4   f8   c8  c16
  i2    i2   i2   i2   i2   i4   i4   i8   i8   f8   f4   f4   f8   c8  c16
  u2    u2   i4   u2   i4   u2   i4   u4   i8   u8   f4   f4   f8   c8  c16
  i4    i4   i4   i4   i4   i4   i4   i8   i8   f8   f8   f8   f8  c16  c16
  u4    u4   i8   u4   i8   u4   i8   u4   i8   u8   f8   f8   f8  c16  c16
  i8    i8   i8   i8   i8   i8   i8   i8   i8   f8   f8   f8   f8  c16  c16
  u8    u8   f8   u8   f8   u8   f8   u8   f8   u8   f8   f8   f8  c16  c16
  f2    f2   f2   f2   f4   f4   f8   f8   f8   f8   f2   f4   f8   c8  c16
  f4    f4   f4   f4   f4   f4   f8   f8   f8   f8   f4   f4   f8   c8  c16
  f8    f8   f8   f8   f8   f8   f8   f8   f8   f8   f8   f8   f8  c16  c16
  c8    c8   c8   c8   c8   c8  c16  c16  c16  c16   c8   c8  c16   c8  c16
 c16   c16  c16  c16  c16  c16  c16  c16  c16  c16  c16  c16  c16  c16  c16
`

func TestPromote(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(numpyTable), "\n")
	columns := strings.Fields(lines[0])
	require.Len(t, columns, len(All()))
	require.Len(t, lines, len(All())+1)
	for _, line := range lines[1:] {
		fields := strings.Fields(line)
		for i, column := range columns {
			a, b := short[fields[0]], short[column]
			require.Equal(t, short[fields[i+1]], Promote(a, b), "%v with %v", a, b)
			require.Equal(t, Promote(a, b), Promote(b, a), "%v with %v", a, b)
		}
	}
	for _, d := range All() {
		require.Equal(t, Invalid, Promote(d, Invalid))
		require.Equal(t, Invalid, Promote(Invalid, d))
	}
	require.Equal(t, Invalid, Promote(DType(200), Bool))
}

func TestPromoteWeak(t *testing.T) {
	// A literal bool, int, float and complex with an array of each type.
	const table = `
	b1   b1 i8 f8 c16
	i1   i1 i1 f8 c16
	i2   i2 i2 f8 c16
	i4   i4 i4 f8 c16
	i8   i8 i8 f8 c16
	u1   u1 u1 f8 c16
	u2   u2 u2 f8 c16
	u4   u4 u4 f8 c16
	u8   u8 u8 f8 c16
	f2   f2 f2 f2 c8
	f4   f4 f4 f4 c8
	f8   f8 f8 f8 c16
	c8   c8 c8 c8 c8
	c16  c16 c16 c16 c16`
	rows := strings.Split(strings.TrimSpace(table), "\n")
	require.Len(t, rows, len(All()))
	for _, row := range rows {
		fields := strings.Fields(row)
		for i, k := range []Kind{KindBool, KindInt, KindFloat, KindComplex} {
			require.Equal(t, short[fields[i+1]], PromoteWeak(short[fields[0]], k), "%s with kind %d", fields[0], k)
		}
		require.Equal(t, Invalid, PromoteWeak(short[fields[0]], KindInvalid))
	}
	require.Equal(t, Invalid, PromoteWeak(Invalid, KindInt))
	require.Equal(t, Invalid, PromoteWeak(Int8, Kind(77)))
}

func TestPromoteAll(t *testing.T) {
	for _, c := range []struct{ types, want string }{
		{"i1", "i1"},
		{"i1 u2", "i4"},
		{"i1 u2 i4", "i4"},
		{"i1 u2 f4", "f4"},
		{"i1 u1 f2", "f2"},
		{"b1 i2 f2 u2", "f4"},
		{"i4 f4 u1", "f8"},
		{"u4 i4 c8", "c16"},
		{"f2 f8 c8", "c16"},
		{"i1 u8", "f8"},
	} {
		names := strings.Fields(c.types)
		types := make([]DType, len(names))
		for range names { // every type first once
			names = append(names[1:], names[0])
			for i, name := range names {
				types[i] = short[name]
			}
			require.Equal(t, short[c.want], PromoteAll(types...), "%v", types)
		}
	}
	require.Equal(t, Invalid, PromoteAll())
	require.Equal(t, Invalid, PromoteAll(Int8, Invalid))
	require.Equal(t, Invalid, PromoteAll(Invalid))
}

func TestResultTypes(t *testing.T) {
	// The type of sqrt, of sum, of the real part, and the kind.
	const table = `
	b1   f2  i8  b1  bool
	i1   f2  i8  i1  int
	i2   f4  i8  i2  int
	i4   f8  i8  i4  int
	i8   f8  i8  i8  int
	u1   f2  u8  u1  int
	u2   f4  u8  u2  int
	u4   f8  u8  u4  int
	u8   f8  u8  u8  int
	f2   f2  f2  f2  float
	f4   f4  f4  f4  float
	f8   f8  f8  f8  float
	c8   c8  c8  f4  complex
	c16  c16 c16 f8  complex`
	kinds := map[string]Kind{"bool": KindBool, "int": KindInt, "float": KindFloat, "complex": KindComplex}
	rows := strings.Split(strings.TrimSpace(table), "\n")
	require.Len(t, rows, len(All()))
	for _, row := range rows {
		fields := strings.Fields(row)
		d := short[fields[0]]
		require.Equal(t, short[fields[1]], FloatFor(d), "FloatFor(%v)", d)
		require.Equal(t, short[fields[2]], SumOf(d), "SumOf(%v)", d)
		require.Equal(t, short[fields[3]], d.Real(), "Real of %v", d)
		require.Equal(t, kinds[fields[4]], d.Kind(), "Kind of %v", d)
		require.Equal(t, fields[4] == "int", d.IsInteger())
		require.Equal(t, fields[4] == "float", d.IsFloat())
		require.Equal(t, fields[4] == "complex", d.IsComplex())
		require.Equal(t, fields[0][0] == 'i', d.IsSigned())
		require.Equal(t, fields[0][0] == 'u', d.IsUnsigned())
	}
	require.Equal(t, Invalid, FloatFor(Invalid))
	require.Equal(t, Invalid, SumOf(Invalid))
	for k, want := range map[Kind]DType{KindInvalid: Invalid, KindBool: Bool, KindInt: Int64, KindFloat: Float64, KindComplex: Complex128, Kind(77): Invalid} {
		require.Equal(t, want, Default(k))
	}
}
