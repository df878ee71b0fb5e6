package scheduler

import (
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/block"
)

// TestStripsAreSmallAndInOrder: whatever the shape, a block goes to the spill
// file in strips of bounded size, one after the other in C order.
func TestStripsAreSmallAndInOrder(t *testing.T) {
	for _, shape := range []block.Shape{{}, {0}, {7}, {1, 2048, 2048}, {3, 1, 1, 1 << 19}, {2, 3, 1 << 18}, {5, 0, 9}, {1 << 21}, {300, 700}} {
		strides := shape.Strides()
		next := 0
		err := strips(8, block.Whole(shape), func(r block.Region) error {
			require.LessOrEqual(t, r.Elements()*8, stripBytes, "%v of %v", r, shape)
			first, last := 0, 0
			for axis, stride := range strides {
				first += r.Start[axis] * stride
				last += (r.Stop(axis) - 1) * stride
			}
			require.Equal(t, next, first, "%v of %v", r, shape)
			require.Equal(t, r.Elements()-1, last-first, "%v of %v is contiguous", r, shape)
			next = last + 1
			return nil
		})
		require.NoError(t, err)
		require.Equal(t, shape.Elements(), next, "%v", shape)
	}
}
