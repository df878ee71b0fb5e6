package block_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	. "gabion/block"
)

func TestShapeSize(t *testing.T) {
	for _, c := range []struct {
		shape Shape
		size  int
		err   string
	}{
		{Shape{}, 1, ""},
		{Shape{3, 4}, 12, ""},
		{Shape{3, 0, 4}, 0, ""},
		{Shape{math.MaxInt, 1}, math.MaxInt, ""},
		{Shape{math.MaxInt, 2}, 0, "more elements"},
		{Shape{1 << 32, 1 << 32, 1}, 0, "more elements"},
		{Shape{1 << 21, 1 << 21, 1 << 21}, 0, "more elements"},
		{Shape{1 << 32, 1 << 32, 0}, 0, ""},
		{Shape{3, Unknown}, 0, "axis 1 of shape (3, ?) has an unknown length"},
		{Shape{-7, 3}, 0, "negative"},
		{Shape{0, -7}, 0, "negative"},
		{Shape{0, Unknown}, 0, "unknown"},
	} {
		size, err := c.shape.Size()
		if c.err != "" {
			require.ErrorContains(t, err, c.err, "%v", c.shape)
			continue
		}
		require.NoError(t, err, "%v", c.shape)
		require.Equal(t, c.size, size)
		require.Equal(t, size, c.shape.Elements())
	}
	require.True(t, Shape{1, 0}.Known())
	require.False(t, Shape{1, Unknown}.Known())
	require.Equal(t, []int{12, 4, 1}, Shape{2, 3, 4}.Strides())
	require.Equal(t, "(3,)", Shape{3}.String())
	require.Equal(t, "()", Shape{}.String())
	require.Equal(t, "(3, ?)", Shape{3, Unknown}.String())
}

func TestBroadcast(t *testing.T) {
	for _, c := range []struct {
		in   []Shape
		want Shape
		err  string
	}{
		{nil, Shape{}, ""},
		{[]Shape{{}, {}}, Shape{}, ""},
		{[]Shape{{3, 4}, {4}}, Shape{3, 4}, ""},
		{[]Shape{{3, 1}, {1, 4}}, Shape{3, 4}, ""},
		{[]Shape{{1}, {0}}, Shape{0}, ""},
		{[]Shape{{0}, {1}}, Shape{0}, ""},
		{[]Shape{{5, 1, 3}, {2, 1}, {}}, Shape{5, 2, 3}, ""},
		{[]Shape{{Unknown}, {1}}, Shape{Unknown}, ""},
		{[]Shape{{3, 4}, {3}}, nil, "along axis 1 of the result the lengths are 4 and 3"},
		{[]Shape{{2, 1}, {3, 1}}, nil, "(2, 1) and (3, 1) do not broadcast: along axis 0 of the result"},
		{[]Shape{{0}, {2}}, nil, "lengths are 0 and 2"},
		{[]Shape{{Unknown}, {4}}, nil, "lengths are unknown and 4"},
	} {
		got, err := Broadcast(c.in...)
		if c.err != "" {
			require.ErrorContains(t, err, c.err)
			continue
		}
		require.NoError(t, err, "%v", c.in)
		require.Equal(t, c.want, got)
	}
}

// points is the set of index tuples of r.
func points(r Region) map[[2]int]bool {
	set := map[[2]int]bool{}
	Positions(r, func(at []int) bool {
		set[[2]int{at[0], at[1]}] = true
		return true
	})
	return set
}

func TestRegions(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	shape := Shape{5, 6}
	random := func() Region {
		a, b := r.IntN(6), r.IntN(7)
		return Region{Start: []int{a, b}, Shape: Shape{r.IntN(6 - a), r.IntN(7 - b)}}
	}
	for range 2000 {
		a, b := random(), random()
		require.NoError(t, a.Within(shape))
		pa, pb := points(a), points(b)
		require.Len(t, pa, a.Elements())
		require.Equal(t, len(pa) == 0, a.Empty())
		both := map[[2]int]bool{}
		for p := range pa {
			if pb[p] {
				both[p] = true
			}
		}
		shared, ok := a.Intersect(b)
		require.Equal(t, len(both) > 0, ok, "%v and %v", a, b)
		if ok {
			require.Equal(t, both, points(shared), "%v and %v", a, b)
		}
		if !b.Empty() {
			require.Equal(t, len(both) == len(pb), a.Contains(b), "%v contains %v", a, b)
		}
		rel := a.Relative([]int{1, 2})
		require.Equal(t, []int{a.Start[0] - 1, a.Start[1] - 2}, rel.Start)
		require.True(t, rel.Shape.Equal(a.Shape))
		c := a.Clone()
		require.True(t, c.Equal(a))
		c.Start[0]++
		require.False(t, c.Equal(a), "a clone shares nothing")
	}
	require.Equal(t, "[0:3, 10:20]", Region{Start: []int{0, 10}, Shape: Shape{3, 10}}.String())
	require.Equal(t, 1, Whole(Shape{}).Elements())
	require.False(t, Whole(Shape{}).Empty())
	for _, bad := range []Region{
		{Start: []int{0}, Shape: Shape{5}},
		{Start: []int{0}, Shape: Shape{5, 6}},
		{Start: []int{0, 0}, Shape: Shape{5}},
		{Start: []int{-1, 0}, Shape: Shape{1, 1}},
		{Start: []int{0, 0}, Shape: Shape{-1, 1}},
		{Start: []int{0, 1}, Shape: Shape{5, 6}},
		{Start: []int{math.MaxInt, 0}, Shape: Shape{1, 1}},
		{Start: []int{1, 0}, Shape: Shape{math.MaxInt, 1}},
		{Start: []int{6, 0}, Shape: Shape{0, 1}},
	} {
		require.Error(t, bad.Within(shape), "%v", bad.Shape)
	}
}

func TestPositionsStopsEarlyAndKeepsOrder(t *testing.T) {
	var seen [][]int
	Positions(Region{Start: []int{1, 2}, Shape: Shape{2, 3}}, func(at []int) bool {
		seen = append(seen, slices.Clone(at))
		return len(seen) < 4
	})
	require.Equal(t, [][]int{{1, 2}, {1, 3}, {1, 4}, {2, 2}}, seen)
	n := 0
	Positions(Whole(Shape{}), func([]int) bool { n++; return true })
	require.Equal(t, 1, n)
	Positions(Whole(Shape{3, 0}), func([]int) bool { n++; return true })
	require.Equal(t, 1, n)
}

func TestGrid(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 4))
	for range 300 {
		a, m := randomAxis(r)
		b, o := randomAxis(r)
		if len(m) == 0 || len(o) == 0 {
			continue
		}
		g := Grid{a, b}
		require.Equal(t, Shape{m.length(), o.length()}, g.Shape())
		require.Equal(t, len(m)*len(o), g.Blocks())
		require.Equal(t, []int{len(m), len(o)}, g.Counts())
		require.Equal(t, Shape{slices.Max(m), slices.Max(o)}, g.Largest())
		covered := 0
		for n := range g.Blocks() {
			at := g.Index(n)
			require.Equal(t, n, g.Number(at))
			region := g.Region(at)
			require.NoError(t, region.Within(g.Shape()))
			require.Equal(t, Region{Start: at, Shape: Shape{1, 1}}, g.Overlap(region))
			covered += region.Elements()
		}
		require.Equal(t, g.Shape().Elements(), covered)
		require.True(t, g.Equal(Grid{a, b}))
		require.False(t, g.Equal(Grid{a}))
		require.True(t, g.Refines(RegularGrid(g.Shape(), g.Shape())))
		require.False(t, g.Refines(Grid{a}))
	}
	huge := RegularGrid(Shape{math.MaxInt, 4}, Shape{1, 1})
	require.Equal(t, math.MaxInt, huge.Blocks(), "counts as far as an int goes")
	require.False(t, Grid{UnknownAxis(2)}.Known())
	require.True(t, huge.Known())
	require.Equal(t, "(10x100,)", RegularGrid(Shape{1000}, Shape{100}).String())
	require.Equal(t, "(64+36, 5)", RegularGrid(Shape{100, 5}, Shape{64, 5}).String())
	require.Equal(t, "()", Grid{}.String())
	require.Equal(t, 1, Grid{}.Blocks())
}
