package npy

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/block"
	"gabion/dtype"
)

// content is a file of the given version, header and data.
func content(major byte, text string, data int) []byte {
	out := append([]byte(magic), major, 0)
	if major == 1 {
		out = binary.LittleEndian.AppendUint16(out, uint16(len(text)))
	} else {
		out = binary.LittleEndian.AppendUint32(out, uint32(len(text)))
	}
	return append(append(out, text...), make([]byte, data)...)
}

func parse(file []byte) (header, error) {
	return readHeader(bytes.NewReader(file), int64(len(file)))
}

// TestSpellings reads headers that are spelled in other ways than NumPy's.
func TestSpellings(t *testing.T) {
	for text, want := range map[string]string{
		`{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }`:                             "float64 (3, 4) false",
		`{"shape":(3,4),"fortran_order":True,"descr":">i2"}`:                                      "int16 (3, 4) true",
		"{ 'descr' : '|u1' ,\n\t'fortran_order' : False,\r\n 'shape' : ( 3 , ) } \f\n":            "uint8 (3,) false",
		`{'descr': '<u1', 'fortran_order': False, 'shape': ()}`:                                   "uint8 () false",
		`{'descr': 'b1', 'fortran_order': False, 'shape': (0, 1152921504606846976)}`:              "bool (0, 1152921504606846976) false",
		`{'descr': ('<c16'), 'fortran_order': (False), 'shape': ((2), (3L),)}`:                    "complex128 (2, 3) false",
		`{'descr': '=i1', 'fortran_order': False, 'shape': (1` + strings.Repeat(", 1", 63) + `)}`: "int8 (1" + strings.Repeat(", 1", 63) + ") false",
	} {
		h, err := parse(content(1, text, 96))
		require.NoError(t, err, text)
		require.Equal(t, want, fmt.Sprintf("%v %v %v", h.dtype, h.shape, h.fortran), text)
		require.EqualValues(t, len(magic)+4+len(text), h.first)
	}
}

// TestBadHeaders is files that are not what they seem: each is refused with an
// error that says why, and nothing of the size that they promise is allocated.
func TestBadHeaders(t *testing.T) {
	dict := func(descr, fortran, shape string) []byte {
		return content(1, "{'descr': "+descr+", 'fortran_order': "+fortran+", 'shape': "+shape+", }", 96)
	}
	good := dict("'<f8'", "False", "(3, 4)")
	text := func(s string) []byte { return content(1, s, 96) }
	for _, c := range []struct {
		file []byte
		want string
	}{
		{nil, "it has only 0 bytes"},
		{good[:7], "it has only 7 bytes"},
		{[]byte("\x93NUMPZ\x01\x00......"), "not a .npy file: it begins with"},
		{content(4, "{}", 0), "the format's version is 4.0; 1.0, 2.0 and 3.0 are read"},
		{[]byte(magic + "\x01\x01......"), "version is 1.1"},
		{good[:9], "ends in its header: it is truncated"},
		{good[:40], "the header ends at byte 69, the file has 40: it is truncated"},
		{good[:len(good)-1], "12 elements of float64 need a file of 165 bytes, this one has 164: it is truncated"},
		{append([]byte(magic+"\x02\x00\xff\xff\xff\xff"), good[10:]...), "the header has 4294967295 bytes; at most 65536 are read"},
		{append([]byte(magic+"\x01\x00\xff\xff"), good[10:]...), "the header ends at byte 65545"},

		{text(""), "a dictionary begins with {; at character 0"},
		{text("('descr',)"), "a dictionary begins with {"},
		{text("{"), "a string begins with a quotation mark; at character 1"},
		{text("{'descr"), "a string ends with '"},
		{text("{'descr'}"), `a colon follows the key "descr"; at character 8 it has "}"`},
		{text("{'descr': }"), "a value is a string, True, False, an integer, a tuple or a list"},
		{text("{'descr': '<f8' 'shape': ()}"), "a comma or } follows the value"},
		{text("{'descr': '<f8', 'descr': '<f4'}"), `the key "descr" comes twice`},
		{text("{descr: '<f8'}"), "a string begins with a quotation mark"},
		{text("{,}"), "a string begins with"},
		{text("{'descr': __import__('os').system('true')}"), "a value is a string"},
		{text("{'descr': '<f8'.upper()}"), "a comma or }"},
		{text("{'descr': '<f\n8'}"), "a string ends on its line"},
		{text("{'descr': b'<f8'}"), "a value is"},
		{text("{} {}"), "nothing follows the dictionary"},
		{text("{}\x00"), "nothing follows the dictionary"},
		{text("{}"), `there is no key "descr"`},
		{text("{'descr': '<f8', 'shape': ()}"), `there is no key "fortran_order"`},
		{text("{'descr': '<f8', 'fortran_order': False, 'shape': (), 'more': 1}"), `there is a key "more"`},
		{text("{'shape': " + strings.Repeat("(", 20_000)), "nested at most 16 deep"},
		{text("{'shape': " + strings.Repeat("[", 17) + strings.Repeat("]", 17) + "}"), "nested at most 16 deep"},

		{dict("'<f8'", "false", "()"), "a value is"},
		{dict("'<f8'", "Falsehood", "()"), "a value is"},
		{dict("'<f8'", "0", "()"), "fortran_order is 0, not True or False"},
		{dict("'<f8'", "'False'", "()"), "fortran_order is False, not True or False"},
		{dict("'<f8'", "False", "(3)"), "shape is 3, not a tuple such as (3,)"},
		{dict("'<f8'", "False", "[3, 4]"), "shape is [3 4], not a tuple"},
		{dict("'<f8'", "False", "(3, -1)"), "the length of axis 1 is -1"},
		{dict("'<f8'", "False", "(True,)"), "the length of axis 0 is true"},
		{dict("'<f8'", "False", "(3.0,)"), "an integer ends with a digit"},
		{dict("'<f8'", "False", "(1_0,)"), "an integer ends with a digit"},
		{dict("'<f8'", "False", "(0x10,)"), "an integer ends with a digit"},
		{dict("'<f8'", "False", "(03,)"), "an integer does not begin with 0"},
		{dict("'<f8'", "False", "(-,)"), "an integer has digits"},
		{dict("'<f8'", "False", "(3 4)"), "a comma or ) follows a value"},
		{dict("'<f8'", "False", "(,)"), "a value is"},
		{dict("'<f8'", "False", "(3,"), "a value is"},
		{dict("'<f8'", "False", "(9223372036854775808,)"), "an integer is at most 64 bits long"},
		{dict("'<f8'", "False", "("+strings.Repeat("1, ", 65)+")"), "the array has 65 axes; 64 are the most"},
		{dict("'<f8'", "False", "(9223372036854775807,)"), "more bytes than any file can hold"},
		{dict("'<f8'", "False", "(4294967296, 4294967296)"), "more bytes than any file can hold"},
		{dict("'<f8'", "False", "(0, 4294967296, 4294967296)"), "more bytes than any file can hold"},
		{dict("'<f8'", "False", "(1000000000000,)"), "1000000000000 elements of float64 need a file of 8000000000079 bytes"},

		{dict("'<f8,<f4'", "False", "()"), `descr "<f8,<f4" is no type`},
		{dict("'f8'", "False", "()"), `descr "f8" does not say the byte order; '<f8' is little-endian, '>f8' big-endian`},
		{dict("'=f8'", "False", "()"), "does not say the byte order"},
		{dict("'|c16'", "False", "()"), "does not say the byte order"},
		{dict("''", "False", "()"), `descr "" is no type`},
		{dict("'<'", "False", "()"), `descr "<" is no type`},
		{dict("'<i3'", "False", "()"), `descr "<i3" is no type of NumPy's`},
		{dict("'float64'", "False", "()"), `descr "float64" is no type of NumPy's`},
		{dict("'<c32'", "False", "()"), "save x.astype('c16')"},
		{dict("('<f8', (2,))", "False", "()"), "arrays as elements"},
		{dict("5", "False", "()"), "descr is 5; it is a string such as '<f8'"},
	} {
		_, err := parse(c.file)
		require.ErrorContains(t, err, c.want, "%q", c.file[:min(len(c.file), 100)])
	}
}

func TestBadFiles(t *testing.T) {
	dir := t.TempDir()
	_, err := Open(filepath.Join(dir, "missing.npy"))
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = Open(dir)
	require.ErrorContains(t, err, "this is not a regular file but d")
	_, err = OpenZip(filepath.Join(dir, "missing.npz"))
	require.ErrorIs(t, err, os.ErrNotExist)
	path := filepath.Join(dir, "a.npy")
	require.NoError(t, save(Create(path), values(dtype.Int16, shape)))
	for _, c := range []struct {
		chunks []int
		want   string
	}{
		{[]int{1, 2}, "the array has 3 axes (2, 3, 4), the chunks (1, 2) are for 2"},
		{[]int{1, 0, 2}, "the chunk size 0 of axis 1"},
		{[]int{1, 1, -2}, "the chunk size -2 of axis 2"},
	} {
		_, err := Open(path, Chunks(c.chunks...))
		require.ErrorContains(t, err, c.want)
		require.ErrorContains(t, err, path)
	}
}

func TestDefaultChunks(t *testing.T) {
	for _, c := range []struct {
		d       dtype.DType
		shape   block.Shape
		fortran bool
		want    string
	}{
		{dtype.Float64, block.Shape{100, 100}, false, "(100, 100)"},
		{dtype.Float64, block.Shape{4096, 1024, 1024}, false, "(2048x2, 1024, 1024)"},
		{dtype.Float64, block.Shape{4096, 1024, 1024}, true, "(4096, 2x512, 1024x1)"},
		{dtype.Float64, block.Shape{5_000_000}, false, "(2x1666667+1666666,)"},
		{dtype.Uint8, block.Shape{10, 1 << 30}, false, "(10x1, 64x16777216)"},
		{dtype.Complex128, block.Shape{}, false, "()"},
		{dtype.Complex128, block.Shape{0, 10}, false, "(0, 10)"},
	} {
		grid, err := openSettings{}.grid(header{encoding: encoding{dtype: c.d}, shape: c.shape, fortran: c.fortran})
		require.NoError(t, err)
		require.Equal(t, c.want, grid.String())
		require.LessOrEqual(t, grid.Largest().Elements()*c.d.Size(), 16<<20)
	}
}

// FuzzHeader reads any bytes as a file: no panic, and no array that the file is
// too small for.
func FuzzHeader(f *testing.F) {
	for _, name := range []string{"i2_big_f", "c16_little_c", "scalar", "version3", "python2", "refused_record", "empty"} {
		file, err := os.ReadFile(python(name + ".npy"))
		require.NoError(f, err)
		f.Add(file)
	}
	f.Add(content(1, `{'descr': "<f8", 'fortran_order': (True), 'shape': (1L, [], 'a\'', -2)}`, 8))
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := parse(data)
		if err != nil {
			return
		}
		require.True(t, h.dtype.Valid())
		require.LessOrEqual(t, h.first+h.bytes(), int64(len(data)))
		a, err := newArray("fuzz", h, file{bytes.NewReader(data)}, nil)
		require.NoError(t, err)
		b, err := load(a, block.Whole(h.shape))
		require.NoError(t, err)
		if h.big { // what is written again says the same
			h.reverse(b.Data)
		}
		again, err := parse(append(newHeader(h.dtype, h.shape, h.fortran).encode(), b.DenseBytes()...))
		require.NoError(t, err)
		require.Equal(t, h.shape, again.shape)
		require.Equal(t, h.dtype, again.dtype)
	})
}
