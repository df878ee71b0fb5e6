package netcdf

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/block"
	"gabion/dtype"
)

// fixture is a file to be assembled byte by byte after the format's
// specification, by code that shares nothing with the reader.
type fixture struct {
	version byte
	records int
	claim   *int64 // the number of records that the header states, if another
	dims    []fixtureDim
	attrs   []fixtureAttr
	vars    []fixtureVar
}

type fixtureDim struct {
	name   string
	length int // 0 is the record dimension
}

type fixtureAttr struct {
	name  string
	value any // a string or a slice of numbers
}

type fixtureVar struct {
	name   string
	dims   []int
	attrs  []fixtureAttr
	values any // a slice of numbers in C order, or a string
}

var streaming = int64(-1)

func typeNumber(values any) uint32 {
	switch values.(type) {
	case []int8:
		return 1
	case string:
		return 2
	case []int16:
		return 3
	case []int32:
		return 4
	case []float32:
		return 5
	case []float64:
		return 6
	case []uint8:
		return 7
	case []uint16:
		return 8
	case []uint32:
		return 9
	case []int64:
		return 10
	case []uint64:
		return 11
	}
	panic(fmt.Sprintf("no type for %T", values))
}

func bigEndian(values any) []byte {
	if s, ok := values.(string); ok {
		return []byte(s)
	}
	var b bytes.Buffer
	if err := binary.Write(&b, binary.BigEndian, values); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func pad(b []byte) []byte {
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

func (f fixture) put(b []byte, n int64) []byte { // a NON_NEG
	if f.version == 5 {
		return binary.BigEndian.AppendUint64(b, uint64(n))
	}
	return binary.BigEndian.AppendUint32(b, uint32(n))
}

func (f fixture) name(b []byte, s string) []byte {
	b = f.put(b, int64(len(s)))
	return append(b, pad([]byte(s))...)
}

func (f fixture) list(b []byte, tag uint32, n int) []byte {
	if n == 0 {
		tag = 0
	}
	return f.put(binary.BigEndian.AppendUint32(b, tag), int64(n))
}

func (f fixture) attributes(b []byte, attrs []fixtureAttr) []byte {
	b = f.list(b, 0x0C, len(attrs))
	for _, a := range attrs {
		b = f.name(b, a.name)
		data := bigEndian(a.value)
		b = binary.BigEndian.AppendUint32(b, typeNumber(a.value))
		n := len(data)
		if _, text := a.value.(string); !text {
			n = binarySliceLen(a.value)
		}
		b = f.put(b, int64(n))
		b = append(b, pad(data)...)
	}
	return b
}

func binarySliceLen(values any) int {
	size := map[uint32]int{1: 1, 2: 1, 3: 2, 4: 4, 5: 4, 6: 8, 7: 1, 8: 2, 9: 4, 10: 8, 11: 8}[typeNumber(values)]
	return len(bigEndian(values)) / size
}

func (f fixture) isRecord(v fixtureVar) bool { return len(v.dims) > 0 && f.dims[v.dims[0]].length == 0 }

// header is the header with the given offsets of the variables.
func (f fixture) header(begins []int64, sizes []int64) []byte {
	b := []byte{'C', 'D', 'F', f.version}
	records := int64(f.records)
	if f.claim != nil {
		records = *f.claim
	}
	b = f.put(b, records)
	b = f.list(b, 0x0A, len(f.dims))
	for _, d := range f.dims {
		b = f.put(f.name(b, d.name), int64(d.length))
	}
	b = f.attributes(b, f.attrs)
	b = f.list(b, 0x0B, len(f.vars))
	for i, v := range f.vars {
		b = f.name(b, v.name)
		b = f.put(b, int64(len(v.dims)))
		for _, d := range v.dims {
			b = f.put(b, int64(d))
		}
		b = f.attributes(b, v.attrs)
		b = binary.BigEndian.AppendUint32(b, typeNumber(v.values))
		b = f.put(b, sizes[i])
		if f.version == 1 {
			b = binary.BigEndian.AppendUint32(b, uint32(begins[i]))
		} else {
			b = binary.BigEndian.AppendUint64(b, uint64(begins[i]))
		}
	}
	return b
}

// encode assembles the file.
func (f fixture) encode() []byte {
	begins, sizes := make([]int64, len(f.vars)), make([]int64, len(f.vars))
	at := int64(len(f.header(begins, sizes)))
	var fixed, records []int
	for i, v := range f.vars {
		if f.isRecord(v) {
			records = append(records, i)
		} else {
			fixed = append(fixed, i)
		}
	}
	var body []byte
	for _, i := range fixed {
		data := pad(bigEndian(f.vars[i].values))
		begins[i], sizes[i] = at, int64(len(data))
		at += int64(len(data))
		body = append(body, data...)
	}
	whole := make([][]byte, len(f.vars))
	for _, i := range records {
		whole[i] = bigEndian(f.vars[i].values)
	}
	slab := func(i, record int) []byte {
		size := len(whole[i]) / f.records
		data := bytes.Clone(whole[i][record*size : (record+1)*size])
		if len(records) > 1 {
			data = pad(data)
		}
		return data
	}
	for _, i := range records {
		begins[i] = at
		if f.records > 0 {
			sizes[i] = int64(len(slab(i, 0)))
		}
		at += sizes[i]
	}
	for r := range f.records {
		for _, i := range records {
			body = append(body, slab(i, r)...)
		}
	}
	return append(f.header(begins, sizes), body...)
}

// open is the file as if it were on disk under the name "test.nc".
func (f fixture) open(t testing.TB) *File {
	t.Helper()
	data := f.encode()
	file, err := newFile("test.nc", bytes.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	return file
}

// write puts the file into a folder of the test's.
func (f fixture) write(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "test.nc")
	require.NoError(t, os.WriteFile(path, f.encode(), 0o644))
	return path
}

// readRegion reads r into dense memory, with no more scratch than was stated.
func readRegion(t testing.TB, v *Variable, r block.Region) block.Block {
	t.Helper()
	d := v.Describe().DType
	dst := block.Dense(d, r.Shape, dtype.Bytes(make([]uint64, (r.Elements()*d.Size()+7)/8)))
	scratch := block.NewScratch(v.Scratch(r))
	require.NoError(t, v.Read(t.Context(), r, dst, scratch))
	return dst
}

func readAll[T dtype.Element](t testing.TB, v *Variable) []T {
	t.Helper()
	b := readRegion(t, v, block.Whole(v.Describe().Shape()))
	values, err := block.Values[T](b)
	require.NoError(t, err)
	return values
}

func variableOf(t testing.TB, f *File, name string, opts ...Option) *Variable {
	t.Helper()
	v, err := f.Variable(name, opts...)
	require.NoError(t, err)
	return v
}

// counted counts the bytes and the calls that a reader serves.
type counted struct {
	in           io.ReaderAt
	bytes, calls int64
}

func (c *counted) ReadAt(p []byte, at int64) (int, error) {
	c.bytes += int64(len(p))
	c.calls++
	return c.in.ReadAt(p, at)
}
