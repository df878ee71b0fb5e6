package block_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	. "gabion/block"
	"gabion/dtype"
)

// randomView is a view of an input of shape in, and the shape of its index
// space.
func randomView(r *rand.Rand, in Shape) (View, Shape) {
	v := View{Rank: len(in) + r.IntN(2), Dims: make([]ViewDim, len(in))}
	space := make(Shape, v.Rank)
	for axis := range space {
		space[axis] = 1 + r.IntN(3) // axes that the input does not have
	}
	perm := r.Perm(v.Rank)
	for i, n := range in {
		if r.IntN(4) == 0 {
			v.Dims[i] = ViewDim{Axis: -1, Start: r.IntN(n)}
			continue
		}
		start, step, count := randomSlice(r, n)
		v.Dims[i] = ViewDim{Axis: perm[i], Start: start, Step: step}
		space[perm[i]] = count
	}
	return v, space
}

// at is the input index that v's definition gives.
func at(v View, index []int) []int {
	in := make([]int, len(v.Dims))
	for i, d := range v.Dims {
		in[i] = d.Start
		if d.Axis >= 0 {
			in[i] += d.Step * index[d.Axis]
		}
	}
	return in
}

func TestViewsAgainstElements(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for range 3000 {
		shape := make(Shape, r.IntN(4))
		for axis := range shape {
			shape[axis] = 1 + r.IntN(6)
		}
		inner, middle := randomView(r, shape)
		outer, space := randomView(r, middle)
		both := outer.Then(inner)
		require.Equal(t, outer.Rank, both.Rank)
		require.True(t, both.Equal(both))
		require.True(t, IdentityView(outer.Rank).Then(outer).Equal(outer))
		require.True(t, outer.Then(IdentityView(len(middle))).Equal(outer))

		region := randomRegionOf(r, space)
		need := both.Region(region)
		require.NoError(t, need.Within(shape), "%v of %v", both, region)
		block := randomBlock(r, dtype.Int32, need.Shape, true)
		of := both.Of(block, need.Start, region)
		low, high := make([]int, len(shape)), make([]int, len(shape))
		first := true
		Positions(region, func(index []int) bool {
			in := at(inner, at(outer, index))
			require.Equal(t, in, at(both, index))
			local, rel := make([]int, len(in)), make([]int, len(index))
			for i := range in {
				local[i] = in[i] - need.Start[i]
				if first || in[i] < low[i] {
					low[i] = in[i]
				}
				if first || in[i] > high[i] {
					high[i] = in[i]
				}
			}
			for axis := range index {
				rel[axis] = index[axis] - region.Start[axis]
			}
			first = false
			require.Same(t, &element(block, local)[0], &element(of, rel)[0])
			return true
		})
		for i := range shape { // nothing is read that is not needed
			require.Equal(t, [2]int{low[i], high[i] + 1}, [2]int{need.Start[i], need.Stop(i)})
		}
		none := region.Clone()
		if len(none.Shape) > 0 {
			none.Shape[0] = 0
			require.Len(t, both.Region(none).Start, len(shape))
			require.Zero(t, both.Of(block, need.Start, none).Elements())
			if len(shape) > 0 {
				require.True(t, both.Region(none).Empty())
			}
		}
	}
}

func randomRegionOf(r *rand.Rand, shape Shape) Region {
	region := Whole(shape).Clone()
	for axis, n := range shape {
		region.Start[axis] = r.IntN(n)
		region.Shape[axis] = 1 + r.IntN(n-region.Start[axis])
	}
	return region
}

func TestBroadcastView(t *testing.T) {
	require.True(t, IdentityView(3).IsIdentity())
	require.True(t, BroadcastView(Shape{1, 4}, Shape{1, 4}).IsIdentity())
	v := BroadcastView(Shape{1, 4}, Shape{5, 3, 4})
	require.False(t, v.IsIdentity())
	require.Equal(t, Region{Start: []int{0, 1}, Shape: Shape{1, 2}}, v.Region(Region{Start: []int{4, 2, 1}, Shape: Shape{1, 1, 2}}))
	require.Equal(t, Region{Start: []int{}, Shape: Shape{}}, BroadcastView(Shape{}, Shape{2}).Region(Whole(Shape{2})))
	require.False(t, View{Rank: 2, Dims: []ViewDim{{Axis: 1, Step: 1}, {Axis: 0, Step: 1}}}.IsIdentity())
	require.False(t, View{Rank: 1, Dims: []ViewDim{{Axis: 0, Step: 1, Start: 1}}}.IsIdentity())
	require.False(t, IdentityView(2).Equal(IdentityView(1)))
}
