package block_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	. "gabion/block"
)

// model is an axis as the list of its block sizes, none of them 0.
type model []int

func (m model) length() int {
	n := 0
	for _, size := range m {
		n += size
	}
	return n
}

// owners is the block of each index.
func (m model) owners() []int {
	var owners []int
	for b, size := range m {
		for range size {
			owners = append(owners, b)
		}
	}
	return owners
}

// grouped is the model of indices whose owners are listed: neighbours with the
// same owner are one block.
func grouped[K comparable](owners []K) model {
	var m model
	for i, owner := range owners {
		if i == 0 || owner != owners[i-1] {
			m = append(m, 0)
		}
		m[len(m)-1]++
	}
	return m
}

func (m model) slice(start, step, count int) model {
	owners, picked := m.owners(), make([]int, count)
	for i := range picked {
		picked[i] = owners[start+i*step]
	}
	return grouped(picked)
}

func (m model) union(o model) model {
	a, b := m.owners(), o.owners()
	both := make([][2]int, len(a))
	for i := range a {
		both[i] = [2]int{a[i], b[i]}
	}
	return grouped(both)
}

// runs is how String writes the sizes when it does not shorten them.
func (m model) runs() string {
	s := ""
	for i := 0; i < len(m); {
		j := i
		for j < len(m) && m[j] == m[i] {
			j++
		}
		if s != "" {
			s += "+"
		}
		if j-i > 1 {
			s += fmt.Sprintf("%dx", j-i)
		}
		s += fmt.Sprint(m[i])
		i = j
	}
	if s == "" {
		return "0"
	}
	return s
}

// same asserts everything an axis can be asked.
func same(t *testing.T, a Axis, m model) {
	t.Helper()
	length := m.length()
	ctx := fmt.Sprintf("%v %v", a, m)
	require.Equal(t, length, a.Len(), ctx)
	require.True(t, a.Known())
	require.Equal(t, max(1, len(m)), a.Blocks(), ctx)
	if length == 0 {
		require.Equal(t, []int{0}, a.Sizes())
		require.Zero(t, a.Largest())
		require.Zero(t, a.Smallest())
		require.Zero(t, a.Find(0))
	} else {
		require.Equal(t, []int(m), a.Sizes(), ctx)
		require.Equal(t, slices.Max(m), a.Largest(), ctx)
		require.Equal(t, slices.Min(m), a.Smallest(), ctx)
	}
	start := 0
	for b, size := range m {
		s, n := a.Block(b)
		require.Equal(t, [2]int{start, size}, [2]int{s, n}, ctx)
		for _, i := range []int{start, start + size - 1} {
			require.Equal(t, b, a.Find(i), ctx)
		}
		start += size
	}
	chunk, ok := a.Chunk()
	regular := true
	for b, size := range m {
		regular = regular && (size == m[0] || b == len(m)-1 && size < m[0])
	}
	require.Equal(t, regular, ok, ctx)
	if ok && length > 0 {
		require.Equal(t, m[0], chunk, ctx)
	}
	if len(m) <= 5 {
		require.Equal(t, m.runs(), a.String())
	}
	again, err := Irregular(m)
	require.NoError(t, err)
	require.True(t, a.Equal(again) && again.Equal(a), "%s is %v when built from its sizes", ctx, again)
	require.True(t, a.Refines(again) && again.Refines(a))
	text, err := json.Marshal(a)
	require.NoError(t, err)
	var back Axis
	require.NoError(t, json.Unmarshal(text, &back), ctx)
	require.True(t, back.Equal(a), ctx)
}

// overlaps asserts Overlap for every range.
func overlaps(t *testing.T, a Axis, m model) {
	t.Helper()
	owners := m.owners()
	for start := -2; start <= len(owners)+1; start++ {
		for stop := start - 1; stop <= len(owners)+2; stop++ {
			first, last := a.Overlap(start, stop)
			low, high := max(0, start), min(stop, len(owners))
			if low >= high {
				require.Equal(t, first, last, "%v %d:%d", a, start, stop)
				continue
			}
			require.Equal(t, [2]int{owners[low], owners[high-1] + 1}, [2]int{first, last}, "%v %d:%d", a, start, stop)
		}
	}
}

func regularModel(length, chunk int) model {
	var m model
	for at := 0; at < length; at += chunk {
		m = append(m, min(chunk, length-at))
	}
	return m
}

func randomAxis(r *rand.Rand) (Axis, model) {
	switch r.IntN(4) {
	case 0:
		sizes := make([]int, 1+r.IntN(8))
		for i := range sizes {
			sizes[i] = r.IntN(5)
		}
		a, err := Irregular(sizes)
		if err != nil {
			panic(err)
		}
		return a, slices.DeleteFunc(slices.Clone(sizes), func(n int) bool { return n == 0 })
	case 1: // a pattern that repeats
		pattern := make([]int, 1+r.IntN(4))
		for i := range pattern {
			pattern[i] = 1 + r.IntN(5)
		}
		var sizes []int
		for range 1 + r.IntN(6) {
			sizes = append(sizes, pattern...)
		}
		a, err := Irregular(sizes)
		if err != nil {
			panic(err)
		}
		return a, sizes
	}
	length, chunk := 1+r.IntN(60), 1+r.IntN(12)
	return Regular(length, chunk), regularModel(length, chunk)
}

// randomSlice is a slice of an axis of length n that is not empty.
func randomSlice(r *rand.Rand, n int) (start, step, count int) {
	start, step = r.IntN(n), 1+r.IntN(1+r.IntN(7))
	count = 1 + r.IntN((n-1-start)/step+1)
	if r.IntN(3) == 0 {
		count = (n-1-start)/step + 1 // up to the end
	}
	if r.IntN(2) == 0 { // the same elements backwards
		start, step = start+(count-1)*step, -step
	}
	return start, step, count
}

func TestAxisAgainstLists(t *testing.T) {
	for length := range 14 {
		for chunk := 1; chunk <= 15; chunk++ {
			same(t, Regular(length, chunk), regularModel(length, chunk))
			overlaps(t, Regular(length, chunk), regularModel(length, chunk))
		}
	}
	r := rand.New(rand.NewPCG(3, 1))
	for range 6000 {
		a, m := randomAxis(r)
		same(t, a, m)
		for range 4 { // operations on results of operations
			if len(m) == 0 {
				break
			}
			switch r.IntN(4) {
			case 0, 1:
				start, step, count := randomSlice(r, m.length())
				a, m = a.Slice(start, step, count), m.slice(start, step, count)
			case 2: // an axis of the same length, cut from a longer one
				var b Axis
				var o model
				for o.length() < m.length() {
					b, o = randomAxis(r)
					b, o = joined(t, b, b, b), slices.Concat(o, o, o)
				}
				shift := r.IntN(o.length() - m.length() + 1)
				b, o = b.Slice(shift, 1, m.length()), o.slice(shift, 1, m.length())
				same(t, b, o)
				both := m.union(o)
				require.Equal(t, slices.Equal(both, m), a.Refines(b), "%v refines %v", a, b)
				require.Equal(t, slices.Equal(both, o), b.Refines(a), "%v refines %v", b, a)
				require.Equal(t, slices.Equal(m, o), a.Equal(b), "%v and %v", a, b)
				same(t, b.Union(a), both)
				a, m = a.Union(b), both
			case 3:
				b, o := randomAxis(r)
				c, p := randomAxis(r)
				if m.length() < 200 {
					a, m = joined(t, b, a, c), slices.Concat(o, m, p)
				}
			}
			same(t, a, m)
		}
		if m.length() < 25 {
			overlaps(t, a, m)
		}
	}
}

// TestSplit: every boundary stays, blocks are not longer than wanted, and no two
// neighbours within a block could have been one, but for those at its ends.
func TestSplit(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 1))
	for range 2000 {
		a, m := randomAxis(r)
		size := 1 + r.IntN(12)
		split := a.Split(size)
		require.True(t, split.Refines(a), "%v by %d: %v", a, size, split)
		require.LessOrEqual(t, split.Largest(), size)
		least, most := 0, 0
		for _, n := range m {
			least += CeilDiv(n, size)
			most += CeilDiv(n, size) + 1
		}
		if len(m) > 0 {
			require.GreaterOrEqual(t, split.Blocks(), least)
			require.LessOrEqual(t, split.Blocks(), most)
		}
		if a.Largest() <= size {
			require.True(t, split.Equal(a))
		}
		same(t, split, model(split.Sizes()))
	}
	require.Equal(t, "2x4+2+2x4+2+5x3", mustIrregular(t, 10, 10, 3, 3, 3, 3, 3).Split(4).String())
	require.True(t, Regular(1000, 100).Split(50).Equal(Regular(1000, 50)))
	text, err := json.Marshal(Regular(1_000_000_000_000, 1000).Split(300))
	require.NoError(t, err)
	require.Less(t, len(text), 200)
}

func mustIrregular(t *testing.T, sizes ...int) Axis {
	a, err := Irregular(sizes)
	require.NoError(t, err)
	return a
}

func TestFlatten(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 1))
	for range 500 {
		a, m := randomAxis(r)
		if len(m) == 0 {
			continue
		}
		repeat, scale := 1+r.IntN(4), 1+r.IntN(4)
		var want model
		for range repeat {
			for _, size := range m {
				want = append(want, size*scale)
			}
		}
		same(t, a.Flatten(repeat, scale), want)
	}
	same(t, Regular(0, 3).Flatten(3, 4), nil)
	same(t, Regular(6, 3).Flatten(0, 4), nil)
}

func TestIrregularRefuses(t *testing.T) {
	_, err := Irregular([]int{1, -1})
	require.ErrorContains(t, err, "block 1")
	_, err = Irregular([]int{math.MaxInt, 1})
	require.Error(t, err)
	a, err := Irregular(nil)
	require.NoError(t, err)
	same(t, a, nil)
	same(t, Axis{}, nil)
	same(t, Regular(0, 0), nil)
	same(t, Regular(5, 0), model{5})
	same(t, Regular(5, -3), model{5})
}

func TestUnknownAxis(t *testing.T) {
	a := UnknownAxis(3)
	require.False(t, a.Known())
	require.Equal(t, Unknown, a.Len())
	require.Equal(t, 3, a.Blocks())
	require.Equal(t, "3x?", a.String())
	require.True(t, a.Equal(UnknownAxis(3)))
	require.False(t, a.Equal(UnknownAxis(2)))
	require.False(t, a.Equal(Regular(3, 1)))
	require.Equal(t, 1, UnknownAxis(0).Blocks())
	both := joined(t, a, Regular(0, 0), UnknownAxis(2), Regular(10, 5))
	require.False(t, both.Known())
	require.Equal(t, 7, both.Blocks(), "an axis of length 0 has no block in it")
	require.True(t, joined(t).Equal(Axis{}))
	text, err := json.Marshal(a)
	require.NoError(t, err)
	var back Axis
	require.NoError(t, json.Unmarshal(text, &back))
	require.True(t, back.Equal(a))
}

func TestAxisString(t *testing.T) {
	for want, a := range map[string]Axis{
		"1000000000x10+5": Regular(10_000_000_005, 10),
		"7+99x10+3":       Regular(10_000, 10).Slice(3, 1, 1000),
		"50x2+50+… (100 blocks)": func() Axis {
			sizes := []int{}
			for i := range 100 {
				sizes = append(sizes, map[bool]int{true: 2, false: 100 - i}[i < 50])
			}
			a, _ := Irregular(sizes)
			return a
		}(),
	} {
		if want[0] == '5' { // how much of a long list is shown is free, that it ends is not
			require.Less(t, len(a.String()), 60)
			require.Contains(t, a.String(), "50x2+50+")
			require.Contains(t, a.String(), "… (100 blocks)")
			continue
		}
		require.Equal(t, want, a.String())
	}
}

// bytesOf is the memory that f allocates.
func bytesOf(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// P1: what is made of regular axes does not grow with their blocks.
func TestRegularAxesStaySmall(t *testing.T) {
	const length = 1_000_000_000_000
	used := bytesOf(func() {
		a := Regular(length, 10)
		b := a.Slice(3, 1, length-10).Slice(length-11, -1, length-10).Slice(0, 3, (length-10)/3)
		c := Regular(b.Len(), 14).Union(b)
		d := c.Slice(c.Len()-1, -2, c.Len()/2)
		for _, x := range []Axis{a, b, c, d, joined(t, a, a, Regular(7, 10))} {
			x.Union(x)
			x.Refines(Regular(x.Len(), 10))
			x.Equal(c)
			x.Largest()
			x.Chunk()
			_ = x.String()
			for _, i := range []int{0, 1, x.Len() / 2, x.Len() - 1} {
				block := x.Find(i)
				start, size := x.Block(block)
				if i < start || i >= start+size {
					t.Errorf("%v: index %d is in block %d, which is %d:%d", x, i, block, start, start+size)
				}
			}
			text, err := json.Marshal(x)
			if err != nil || len(text) > 2000 {
				t.Errorf("%v is stored in %d bytes: %v", x, len(text), err)
			}
		}
		if n := joined(t, a, a, Regular(7, 10)).Blocks(); n != 2*length/10+1 {
			t.Errorf("%d blocks", n)
		}
		if n := a.Slice(0, 10, length/10).Blocks(); n != length/10 {
			t.Errorf("%d blocks", n)
		}
	})
	require.Less(t, used, uint64(1<<20))
	require.Zero(t, testing.AllocsPerRun(10, func() {
		a := Axis{}
		a.Find(0)
		a.Overlap(0, 1)
		a.Block(0)
	}))
}

func joined(t *testing.T, axes ...Axis) Axis {
	t.Helper()
	a, err := Concat(axes...)
	require.NoError(t, err)
	return a
}

func TestConcatOfTooMany(t *testing.T) {
	_, err := Concat(Regular(1<<40, 10), Regular(7, 7), Regular(1<<40, 3))
	require.ErrorContains(t, err, "rechunk")
}

func TestCutTo(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 300 {
		a, m := randomAxis(r)
		length := 1 + r.IntN(9)
		cut, err := a.CutTo(length)
		require.NoError(t, err)
		want := []int{}
		for _, size := range a.Sizes() {
			want = append(want, min(size, length))
		}
		require.Equal(t, want, cut.Sizes(), "%v cut to %d", a, length)
		require.Equal(t, m.length(), a.Len())
	}
	cut, err := Regular(1<<40+3, 1<<10).CutTo(5)
	require.NoError(t, err)
	require.Equal(t, 5<<30+3, cut.Len())
}

func TestConcatOfManyIsLinear(t *testing.T) {
	axes := make([]Axis, 20_000)
	for i := range axes {
		axes[i] = Regular(1+i%3, 2)
	}
	used := bytesOf(func() {
		if n := joined(t, axes...).Len(); n != 20_000*2-1 {
			t.Error(n)
		}
	})
	require.Less(t, used, uint64(64<<20))
}

// Axes as long as an int can count.
func TestAxisNearMaxInt(t *testing.T) {
	for _, length := range []int{math.MaxInt, math.MaxInt - 1, math.MaxInt/2 + 7} {
		for _, chunk := range []int{math.MaxInt, math.MaxInt - 1, math.MaxInt/2 + 1, math.MaxInt / 2, math.MaxInt / 3, math.MaxInt / 7, 1 << 40, 1000, 1} {
			whole := Regular(length, chunk)
			axes := []Axis{whole, whole.Slice(length-1, -1, length), whole.Slice(5, 1, length-5), whole.Slice(length-6, -1, length-5)}
			for i, a := range axes {
				last := a.Blocks() - 1
				end := 0
				for _, b := range []int{0, 1, last / 2, last - 1, last} {
					if b < 0 || b > last {
						continue
					}
					start, size := a.Block(b)
					require.GreaterOrEqual(t, start, 0)
					require.Positive(t, size, "length %d in %d, form %d, block %d of %d", length, chunk, i, b, last)
					require.LessOrEqual(t, size, a.Largest())
					require.GreaterOrEqual(t, size, a.Smallest())
					require.Equal(t, b, a.Find(start))
					require.Equal(t, b, a.Find(start+size-1))
					end = start + size
				}
				require.Equal(t, a.Len(), end)
				first, after := a.Overlap(0, math.MaxInt)
				require.Equal(t, [2]int{0, a.Blocks()}, [2]int{first, after})
				require.LessOrEqual(t, a.Largest(), min(chunk, length))
				require.True(t, a.Union(Regular(a.Len(), a.Len())).Equal(a))
				text, err := json.Marshal(a)
				require.NoError(t, err)
				var back Axis
				require.NoError(t, json.Unmarshal(text, &back), string(text))
				require.True(t, back.Equal(a))
			}
		}
	}
	one := Regular(100, 10).Slice(55, math.MinInt, 1)
	same(t, one, model{1})
	same(t, Regular(100, 10).Slice(55, math.MaxInt, 1), model{1})
}

func TestStoredAxisRefusesWhatIsNone(t *testing.T) {
	for _, text := range []string{
		`{"length":10}`,
		`{"length":10,"blocks":1,"period":10}`,
		`{"length":10,"blocks":1,"period":0,"offsets":[0]}`,
		`{"length":10,"blocks":1,"period":-5,"offsets":[0]}`,
		`{"length":10,"blocks":2,"period":5,"offsets":[1]}`,
		`{"length":10,"blocks":2,"period":5,"phase":1,"offsets":[0]}`,
		`{"length":10,"blocks":2,"period":5,"phase":-5,"offsets":[0]}`,
		`{"length":10,"blocks":3,"period":5,"offsets":[0]}`,
		`{"length":10,"blocks":4,"period":5,"offsets":[0,0]}`,
		`{"length":10,"blocks":4,"period":5,"offsets":[0,5]}`,
		`{"length":10,"blocks":6,"period":5,"offsets":[0,3,2]}`,
		`{"length":1e30,"blocks":1,"period":5,"offsets":[0]}`,
		`[1,2]`,
	} {
		var a Axis
		require.Error(t, json.Unmarshal([]byte(text), &a), text)
	}
}

// FuzzStoredAxis reads anything; what is taken for an axis is one.
func FuzzStoredAxis(f *testing.F) {
	f.Add([]byte(`{"length":10,"blocks":2,"period":5,"offsets":[0]}`))
	f.Add([]byte(`{"length":11,"blocks":5,"phase":-2,"period":5,"offsets":[0,3]}`))
	f.Add([]byte(`{"length":9223372036854775807,"blocks":2,"period":9223372036854775807,"offsets":[0,9223372036854775806]}`))
	f.Add([]byte(`{"length":-1,"blocks":7}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var a Axis
		if json.Unmarshal(text, &a) != nil || a.Len() <= 0 {
			return
		}
		end := 0
		for b := range min(a.Blocks(), 100) {
			start, size := a.Block(b)
			require.Equal(t, end, start)
			require.Positive(t, size)
			require.Equal(t, b, a.Find(start))
			end += size
		}
		last := a.Blocks() - 1
		start, size := a.Block(last)
		require.Positive(t, size)
		require.Equal(t, a.Len(), start+size)
		require.Equal(t, last, a.Find(a.Len()-1))
		_ = a.String()
	})
}
