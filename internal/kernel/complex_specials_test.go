package kernel

import (
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/dtype"
	"gabion/internal/op"
)

// TestComplexSpecials compares values at zeros, infinities and NaN with those of
// the C library. Where C99 leaves the sign of a zero or an infinity open, which
// it does beside NaN only and where a product with zero has no sign of its own,
// any will do.
func TestComplexSpecials(t *testing.T) {
	golden, err := os.ReadFile("testdata/complex_specials.txt")
	require.NoError(t, err)
	compared := 0
	for line := range strings.Lines(string(golden)) {
		words := strings.Fields(line)
		if words[0] == "#" {
			continue
		}
		var parts [4]float64
		for i := range parts {
			if parts[i], err = strconv.ParseFloat(words[i+1], 64); err != nil {
				require.NoError(t, err)
			}
		}
		got := one[complex128, complex128](t, op.Name(words[0]), complex(parts[0], parts[1]))
		open := math.IsNaN(parts[2]) || math.IsNaN(parts[3]) || math.IsInf(parts[0], -1) && math.IsInf(parts[1], 0)
		for i, v := range []float64{real(got), imag(got)} {
			want := parts[i+2]
			if open && (want == 0 || math.IsInf(want, 0)) {
				v, want = math.Abs(v), math.Abs(want)
			}
			near := math.Abs(v-want) <= 4*lastPlace(dtype.Float64, want)
			require.True(t, sameFloat(want, v, true) || near && want != 0, "%sgives %v", line, got)
		}
		compared++
	}
	require.Equal(t, 19*64, compared)
}
