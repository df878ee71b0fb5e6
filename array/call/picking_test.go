package call

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/dtype"
	"gabion/graph"
)

// TestCumulativeTypes: NaN is left out before the elements become those of a type
// that has none.
func TestCumulativeTypes(t *testing.T) {
	x := array.FromSlice([]complex128{2, complex(math.NaN(), 7), complex(3, math.NaN()), 4}, []int{4}, array.Chunks(2))
	for name, want := range map[string][]int32{"nancumsum": {2, 2, 2, 6}, "nancumprod": {2, 2, 2, 8}} {
		for _, x := range []array.Array{x, array.FromSlice([]float32{2, float32(math.NaN()), float32(math.NaN()), 4}, nil)} {
			got, err := Invoke(name, []Arg{x}, kw{"dtype": dtype.Int32})
			require.NoError(t, err)
			values, err := array.Values[int32](t.Context(), got[0])
			require.NoError(t, err)
			require.Equal(t, want, values, name)
		}
	}
}

func TestTakeAxis(t *testing.T) {
	x := array.Zeros[float64]([]int{2, 3})
	for _, indices := range []Arg{array.FromSlice([]int64{0}, nil), []Arg{0}, 0} {
		for _, axis := range []int{-3, 2, 1 << 62} {
			_, err := Invoke("take", []Arg{x, indices}, kw{"axis": axis})
			var mistake *graph.Error
			require.ErrorAs(t, err, &mistake)
			require.Equal(t, graph.IndexError, mistake.Kind)
			require.ErrorContains(t, err, "is out of range: shape (2, 3) has 2 axes, numbered -2 to 1")
		}
	}
}
