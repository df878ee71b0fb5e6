package kernel

import (
	"math"
	"math/cmplx"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestComplexPowersOfZero: as NumPy has them, the real part of the exponent alone
// decides.
func TestComplexPowersOfZero(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, b := range []complex128{2, 1 + 1i, 0.3 - 2i, complex(inf, 1), complex(1, nan), complex(1, inf)} {
		for _, zero := range []complex128{0, complex(math.Copysign(0, -1), 0)} {
			require.Equal(t, complex128(0), complexPow(zero, b), "0 to the power of %v", b)
		}
	}
	require.Equal(t, complex128(1), complexPow(0, 0))
	for _, b := range []complex128{-1, -1 + 1i, 1i, complex(nan, 0), complex(0, nan)} {
		require.True(t, cmplx.IsNaN(complexPow(0, b)), "0 to the power of %v", b)
	}
}
