package array_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/block"
	"gabion/dtype"
	"gabion/graph"
)

// golden is a line of testdata/shaping.txt: a function with its arguments, and
// what NumPy makes of them.
type golden struct {
	name  string
	shape []int
	ints  [][]int
	want  string
}

func readGolden(t *testing.T, path string) []golden {
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	var cases []golden
	for line := range strings.Lines(string(text)) {
		call, want, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " ->")
		require.True(t, ok, line)
		name, rest, _ := strings.Cut(call, " ")
		g := golden{name: name, want: strings.TrimSpace(want)}
		for i, list := range strings.Split(strings.TrimSuffix(strings.TrimPrefix(rest, "["), "]"), "] [") {
			ints := []int{}
			for _, part := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' }) {
				n, err := strconv.Atoi(part)
				require.NoError(t, err, line)
				ints = append(ints, n)
			}
			if i == 0 {
				g.shape = ints
			} else {
				g.ints = append(g.ints, ints)
			}
		}
		cases = append(cases, g)
	}
	return cases
}

// one is the only axis of a list, or Flat for none.
func one(axes []int) int {
	if len(axes) == 0 {
		return array.Flat
	}
	return axes[0]
}

func times(x array.Array, n float64) array.Array { return x.Mul(array.Const(n)) }

// ranges are ranges of the given lengths in different chunks.
func ranges(lengths []int) []array.Array {
	out := make([]array.Array, len(lengths))
	for i, n := range lengths {
		out[i] = array.Arange(int64(i), int64(i+10*n), 10, array.Chunks(1+i))
	}
	return out
}

// calls are the functions of testdata/shaping.py.
var calls = map[string]func(x array.Array, n [][]int) []array.Array{
	"ravel":            only(func(x array.Array, _ [][]int) array.Array { return x.Ravel() }),
	"moveaxis":         only(func(x array.Array, n [][]int) array.Array { return x.MoveAxes(n[0], n[1]) }),
	"swapaxes":         only(func(x array.Array, n [][]int) array.Array { return x.SwapAxes(n[0][0], n[0][1]) }),
	"matrix_transpose": only(func(x array.Array, _ [][]int) array.Array { return x.MatrixTranspose() }),
	"flip":             only(func(x array.Array, n [][]int) array.Array { return x.Flip(n[0]...) }),
	"fliplr":           only(func(x array.Array, _ [][]int) array.Array { return x.FlipLR() }),
	"flipud":           only(func(x array.Array, _ [][]int) array.Array { return x.FlipUD() }),
	"rot90":            only(func(x array.Array, n [][]int) array.Array { return x.Rot90(n[0][0], n[1][0], n[1][1]) }),
	"roll":             only(func(x array.Array, n [][]int) array.Array { return x.Roll(n[0][0], n[1]...) }),
	"atleast_1d":       only(func(x array.Array, _ [][]int) array.Array { return x.AtLeast1D() }),
	"atleast_2d":       only(func(x array.Array, _ [][]int) array.Array { return x.AtLeast2D() }),
	"atleast_3d":       only(func(x array.Array, _ [][]int) array.Array { return x.AtLeast3D() }),
	"concat": only(func(x array.Array, n [][]int) array.Array {
		return array.Concatenate([]array.Array{x, times(x, 2), x}, one(n[0]))
	}),
	"stack": only(func(x array.Array, n [][]int) array.Array {
		return array.Stack([]array.Array{x, times(x, 2), x}, n[0][0])
	}),
	"vstack": only(func(x array.Array, _ [][]int) array.Array { return array.VStack([]array.Array{x, times(x, 2)}) }),
	"hstack": only(func(x array.Array, _ [][]int) array.Array { return array.HStack([]array.Array{x, times(x, 2)}) }),
	"dstack": only(func(x array.Array, _ [][]int) array.Array { return array.DStack([]array.Array{x, times(x, 2)}) }),
	"block": only(func(x array.Array, _ [][]int) array.Array {
		return array.Block([][]array.Array{{x, times(x, 2)}, {times(x, 3), x}})
	}),
	"split":       func(x array.Array, n [][]int) []array.Array { return x.Split(n[0][0], n[1][0]) },
	"split_at":    func(x array.Array, n [][]int) []array.Array { return x.SplitAt(n[0], n[1][0]) },
	"array_split": func(x array.Array, n [][]int) []array.Array { return x.ArraySplit(n[0][0], n[1][0]) },
	"unstack":     func(x array.Array, n [][]int) []array.Array { return x.Unstack(n[0][0]) },
	"repeat":      only(func(x array.Array, n [][]int) array.Array { return x.Repeat(n[0][0], one(n[1])) }),
	"tile":        only(func(x array.Array, n [][]int) array.Array { return x.Tile(n[0]...) }),
	"diff":        only(func(x array.Array, n [][]int) array.Array { return x.Diff(n[0][0], n[1][0]) }),
	"diff_of_bools": only(func(x array.Array, n [][]int) array.Array {
		return x.Mod(array.Const(3)).Eq(array.Const(0)).Diff(n[0][0], n[1][0])
	}),
	"diff_between": only(func(x array.Array, n [][]int) array.Array {
		return x.Diff(n[0][0], n[1][0], array.Append(x), array.Prepend(array.Const(-4.5)))
	}),
	"diag":     only(func(x array.Array, n [][]int) array.Array { return x.Diag(n[0][0]) }),
	"diagonal": only(func(x array.Array, n [][]int) array.Array { return x.Diagonal(n[0][0], n[1][0], n[1][1]) }),
	"trace": only(func(x array.Array, n [][]int) array.Array {
		return x.AsType(dtype.Int16).Trace(n[0][0], n[1][0], n[1][1])
	}),
	"tril": only(func(x array.Array, n [][]int) array.Array { return x.Tril(n[0][0]) }),
	"triu": only(func(x array.Array, n [][]int) array.Array { return x.Triu(n[0][0]) }),
	"broadcast_arrays": func(x array.Array, n [][]int) []array.Array {
		size := block.Shape(n[0]).Elements()
		return array.BroadcastArrays(x, array.Arange(0, size, 1, array.Chunks(2)).Reshape(n[0]...), array.Const(3))
	},
	"eye": only(func(_ array.Array, n [][]int) array.Array {
		return array.Eye[float32](n[0][0], n[0][1], n[0][2], array.Chunks(2, 3))
	}),
	"identity": only(func(_ array.Array, n [][]int) array.Array { return array.Identity[int16](n[0][0], array.Chunks(3)) }),
	"tri":      only(func(_ array.Array, n [][]int) array.Array { return array.Tri[bool](n[0][0], n[0][1], n[0][2]) }),
	"indices":  only(func(_ array.Array, n [][]int) array.Array { return array.Indices[int32](n[0], array.Chunks(2)) }),
	"meshgrid": func(_ array.Array, n [][]int) []array.Array { return array.Meshgrid(ranges(n[0])) },
	"meshgrid_ij": func(_ array.Array, n [][]int) []array.Array {
		return array.Meshgrid(ranges(n[0]), array.IJ)
	},
	"meshgrid_sparse": func(_ array.Array, n [][]int) []array.Array { return array.Meshgrid(ranges(n[0]), array.Sparse) },
}

func only(f func(x array.Array, n [][]int) array.Array) func(array.Array, [][]int) []array.Array {
	return func(x array.Array, n [][]int) []array.Array { return []array.Array{f(x, n)} }
}

// text is computed arrays as testdata/shaping.py writes them.
func text(t *testing.T, arrays []array.Array) string {
	t.Helper()
	blocks, err := array.Compute(t.Context(), arrays, array.Verify())
	require.NoError(t, err)
	parts := make([]string, len(blocks))
	for i, b := range blocks {
		lengths := strings.ReplaceAll(strings.Trim(fmt.Sprint([]int(b.Shape)), "[]"), " ", ", ")
		parts[i] = fmt.Sprintf("%v [%s]", b.DType, lengths)
		size := b.DType.Size()
		for k := range b.Elements() {
			s, err := dtype.ScalarFromBytes(b.DType, b.DenseBytes()[k*size:])
			require.NoError(t, err)
			v := strings.TrimSuffix(s.String(), ".0")
			if on, ok := s.Value().(bool); ok {
				v = map[bool]string{false: "0", true: "1"}[on]
			}
			parts[i] += " " + v
		}
	}
	return strings.Join(parts, "; ")
}

// TestAsNumPy: functions that arrange elements anew give what NumPy gives, in any
// chunks, and refuse what it refuses for the same kind of reason.
func TestAsNumPy(t *testing.T) {
	r := rand.New(rand.NewPCG(41, 42))
	for _, c := range readGolden(t, "testdata/shaping.txt") {
		what := fmt.Sprint(c.name, c.shape, c.ints)
		x := chunked(r, plain{c.shape, numbers(block.Shape(c.shape).Elements())})
		got := calls[c.name](x, c.ints)
		var err error
		for _, a := range got {
			require.Equal(t, a.Err() == nil, got[0].Err() == nil, "%s: all results are wrong or none is", what)
			err = a.Err()
		}
		if err == nil {
			require.Equal(t, c.want, text(t, got), what)
			continue
		}
		var mistake *graph.Error
		require.ErrorAs(t, err, &mistake, what)
		require.Equal(t, c.want, string(mistake.Kind), "%s: %v", what, err)
		require.Contains(t, mistake.Site.String(), "shaping_test.go", what)
	}
}
