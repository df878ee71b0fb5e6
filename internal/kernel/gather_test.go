package kernel

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/dtype"
)

func TestFillAndGather(t *testing.T) {
	for _, d := range dtype.All() {
		r := newRand(d)
		src := dtype.Bytes(make([]complex128, 400))[:400*d.Size()]
		for i := range src {
			src[i] = byte(r.Uint32())
		}
		element := func(b []byte, i int) []byte { return b[i*d.Size() : (i+1)*d.Size()] }
		for _, n := range append(lengths()[:68], 100) {
			for _, stride := range []int{0, 1, 2, 3, -1, -3} {
				offset := 5
				if stride < 0 {
					offset = 399
				}
				dst, whole := guarded(d, n, n%3)
				Gather(d.Size(), dst, n, src, offset, stride)
				requireGuards(t, dst, whole, d, n%3, "gather")
				for i := range n {
					require.Equal(t, element(src, offset+i*stride), element(dst, i))
				}
			}
			dst, whole := guarded(d, n, n%3)
			Fill(d, dst, n, element(src, 7))
			requireGuards(t, dst, whole, d, n%3, "fill")
			for i := range n {
				require.Equal(t, element(src, 7), element(dst, i))
			}
		}
	}
}

func TestArange(t *testing.T) {
	for _, d := range dtype.All() {
		for _, n := range []int{0, 1, 5, 67} {
			for _, first := range []int64{0, 3, 100} {
				dst, whole := guarded(d, n, 2)
				Arange(d, dst, n, first, -1.5, 0.1, -3, 7)
				requireGuards(t, dst, whole, d, 2, "arange")
				for i := range n {
					k := first + int64(i)
					var want any
					switch {
					case d == dtype.Bool:
						want = -3+7*k != 0
					case d.IsInteger():
						want = rounded(d, big.NewInt(-3+7*k))
					case d.IsFloat():
						want = rounded(d, -1.5+float64(float64(k)*0.1))
					default:
						want = rounded(d, complex(-1.5+float64(float64(k)*0.1), 0))
					}
					require.Equal(t, want, load(d, dst, i))
				}
			}
		}
	}
}
