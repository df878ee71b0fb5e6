package npy

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/block"
	"gabion/block/blocktest"
	"gabion/dtype"
)

var shape = block.Shape{2, 3, 4}

// codeOf is the type's name in the files of testdata.
func codeOf(d dtype.DType) string { return descrOf(d)[1:] }

// TestReadPython reads what NumPy wrote, of every type in both byte orders and
// both orders of elements, whole and in part, with and without a mapping.
func TestReadPython(t *testing.T) {
	part := block.Region{Start: []int{0, 1, 1}, Shape: block.Shape{2, 2, 2}}
	for _, d := range dtype.All() {
		want := values(d, shape)
		for _, order := range []string{"little", "big"} {
			if d.Size() == 1 && order == "big" {
				continue
			}
			for _, layout := range []string{"c", "f"} {
				name := fmt.Sprintf("%s_%s_%s.npy", codeOf(d), order, layout)
				a := openArray(t, python(name))
				require.Equal(t, d, a.Describe().DType, name)
				require.Equal(t, shape, a.Describe().Shape(), name)
				require.Equal(t, layout == "f", a.Fortran(), name)
				require.Equal(t, want.DenseBytes(), loadAll(t, a).DenseBytes(), name)
				got, err := load(a, part)
				require.NoError(t, err)
				expected := block.Dense(d, part.Shape, make([]byte, len(got.Data)))
				block.Copy(expected, want.Part(part))
				require.Equal(t, expected.DenseBytes(), got.DenseBytes(), name)

				m, err := Mmap(python(name))
				if order == "big" != bigEndian && d.Size() > 1 {
					require.ErrorIs(t, err, errors.ErrUnsupported)
					require.ErrorContains(t, err, "other byte order; use npy.Open")
					continue
				}
				require.NoError(t, err)
				require.Equal(t, want.DenseBytes(), loadAll(t, m).DenseBytes(), name)
				require.NoError(t, m.Close())
			}
		}
	}
}

func TestReadOtherPython(t *testing.T) {
	for name, want := range map[string]block.Block{
		"scalar":   block.Dense(dtype.Float64, nil, dtype.Bytes([]float64{42.5})),
		"vector":   values(dtype.Float32, block.Shape{5}),
		"ones":     values(dtype.Int16, block.Shape{1, 5, 1}),
		"empty":    block.Dense(dtype.Float32, block.Shape{0, 3}, nil),
		"empty_f":  block.Dense(dtype.Float32, block.Shape{3, 0, 2}, nil),
		"long":     values(dtype.Uint8, block.Shape{1000}),
		"version2": values(dtype.Int32, shape),
		"version3": values(dtype.Int32, shape),
		"python2":  values(dtype.Int32, shape),
		"two":      values(dtype.Int32, shape), // the first of them
	} {
		t.Run(name, func(t *testing.T) {
			blocktest.TestSource(t, func() block.Source { return openArray(t, python(name+".npy")) }, want)
		})
	}
}

// TestRefusedPython checks that what is not numbers is named, with a way out.
func TestRefusedPython(t *testing.T) {
	for name, want := range map[string]string{
		"object":     `descr is "|O": the elements are pickled Python objects, which are not read; in Python, save x.astype('f8')`,
		"date":       `descr is "<M8[D]": the elements are dates, which are not read; in Python, save x.astype('i8')`,
		"duration":   `descr is "<m8[s]": the elements are durations`,
		"unicode":    `descr is "<U2": the elements are strings`,
		"bytes":      `descr is "|S2": the elements are strings of bytes`,
		"record":     `descr is a list: the elements are records of several fields, which are not read; in Python, save each field into an array of its own, x['name']`,
		"void":       `descr is "|V2": the elements are bytes without a meaning (bfloat16`,
		"longdouble": `descr is "<f16": the elements are long doubles`,
	} {
		path := python("refused_" + name + ".npy")
		_, err := Open(path)
		require.ErrorContains(t, err, want)
		require.ErrorContains(t, err, path)
	}
}

func TestReadPythonArchives(t *testing.T) {
	for _, name := range []string{"stored.npz", "compressed.npz"} {
		z := openZip(t, python(name))
		require.Equal(t, []string{"u", "v", "group/scalar", "empty", "text"}, z.Names())
		for member, want := range map[string]block.Block{
			"u":            values(dtype.Float32, shape),
			"v":            values(dtype.Int64, shape),
			"group/scalar": block.Dense(dtype.Float64, nil, dtype.Bytes([]float64{42.5})),
			"empty":        block.Dense(dtype.Float32, block.Shape{0, 3}, nil),
		} {
			t.Run(name+" "+member, func(t *testing.T) {
				blocktest.TestSource(t, func() block.Source {
					a, err := z.Array(member)
					require.NoError(t, err)
					require.Equal(t, python(name)+":"+member, a.Traits().Name)
					return a
				}, want)
			})
		}
		_, err := z.Array("text")
		require.ErrorContains(t, err, `array "text": header: descr is "<U1": the elements are strings`)
		_, err = z.Array("w")
		require.ErrorContains(t, err, `there is no array "w"; the arrays are "u", "v", "group/scalar", "empty", "text"`)
	}
	require.Empty(t, openZip(t, python("none.npz")).Names())
	_, err := openZip(t, python("none.npz")).Array("u")
	require.ErrorContains(t, err, `there is no array "u"; the arrays are none`)
	_, err = openZip(t, python("lzma.npz")).Array("u")
	require.ErrorContains(t, err, "compressed by method 14 of zip; only stored and deflated members are read")
	mixed := openZip(t, python("mixed.npz"))
	require.Equal(t, []string{"u", "v"}, mixed.Names(), "what is not called .npy is left out")
	_, err = mixed.Array("v")
	require.ErrorContains(t, err, "this is not a .npy file: it begins with \"not an\"")
}

// TestWriteAsPython checks that what is written is what numpy.save writes, byte
// for byte.
func TestWriteAsPython(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.npy")
	same := func(name string, b block.Block, opts ...CreateOption) {
		t.Helper()
		require.NoError(t, save(Create(path, append(opts, Overwrite())...), b))
		got, err := os.ReadFile(path)
		require.NoError(t, err)
		want, err := os.ReadFile(python(name + ".npy"))
		require.NoError(t, err)
		require.Equal(t, string(want), string(got), name)
	}
	for _, d := range dtype.All() {
		same(codeOf(d)+"_little_c", values(d, shape))
		same(codeOf(d)+"_little_f", values(d, shape), FortranOrder())
	}
	same("scalar", block.Dense(dtype.Float64, nil, dtype.Bytes([]float64{42.5})), FortranOrder())
	same("vector", values(dtype.Float32, block.Shape{5}), FortranOrder())
	same("ones", values(dtype.Int16, block.Shape{1, 5, 1}), FortranOrder())
	same("empty", block.Dense(dtype.Float32, block.Shape{0, 3}, nil))
	same("empty_f", block.Dense(dtype.Float32, block.Shape{3, 0, 2}, nil), FortranOrder())
	same("long", values(dtype.Uint8, block.Shape{1000}))
}
