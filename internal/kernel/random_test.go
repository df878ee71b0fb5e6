package kernel

import (
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/dtype"
	"gabion/internal/op"
)

// TestPhilox: the words are those of numpy.random.Philox(key=[…]).random_raw(9).
func TestPhilox(t *testing.T) {
	for _, c := range []struct {
		seed, stream uint64
		words        [9]uint64
	}{
		{0, 0, [9]uint64{0x2f4ba6408e4d89b, 0x3dd62b0b9ca8c5b2, 0x1c8667a55d902e79, 0x907d7a052fd5b4dc, 0x809bf322883987c3, 0x471128b9e807f7dd, 0xf250ba0dbec065b7, 0xfc6ed66767a457bc, 0x40fa86f0f781945d}},
		{42, 0, [9]uint64{0xd1f8817d4d62880e, 0x307266b65cc8797e, 0xde1f04e7f084ed03, 0x65034a8e78cd1e59, 0x5e3daa8961c3e3d3, 0x6f37dea4a04bd05c, 0x31d3a1ae26e190b9, 0xfef7fae0ab2a01a, 0xe075d4e361a857a3}},
		{42, 1, [9]uint64{0x719965f2debb5c86, 0xd0ff12852bfefaa0, 0x824f8a46917b59d3, 0x633af9b3183bb36a, 0x665962d67a5a63a, 0x58fb335daa5560b5, 0xf7121f0faa702e07, 0xc5ae1d90ae3ad1a6, 0xf9a99ca26572125a}},
		{math.MaxUint64, 1, [9]uint64{0xa7a2e8236bfb4443, 0xc71a2ea098bcf226, 0x2d2da51db1f0283d, 0xf3b034e0c89feec, 0x43c18637337651be, 0x32bc59aca9f40749, 0xaebb688416ae1e23, 0x29cdd8953ee184a3, 0x2835b240a0da8c09}},
	} {
		s := stream{c.seed, c.stream}
		for first := range c.words {
			got := make([]uint64, len(c.words)-first)
			s.fill(got, uint64(first))
			require.Equal(t, c.words[first:], got, "key [%d, %d], word %d", c.seed, c.stream, first)
			require.Equal(t, c.words[first], s.word(uint64(first)))
		}
	}
}

// TestPhiloxCounters: numpy.random.Philox(key=[…], counter=[…]).random_raw(4),
// which adds 1 to the counter first.
func TestPhiloxCounters(t *testing.T) {
	for _, c := range []struct {
		stream         stream
		counter, words [4]uint64
	}{
		{stream{0, 0}, [4]uint64{1, 0, 0, 0}, [4]uint64{0x2f4ba6408e4d89b, 0x3dd62b0b9ca8c5b2, 0x1c8667a55d902e79, 0x907d7a052fd5b4dc}},
		{stream{42, 7}, [4]uint64{0, 6, 1, 0}, [4]uint64{0xe8c1248fc6592fbd, 0x7738a0815b2ffa80, 0x69e98131e5306ad2, 0x62ed2dafef43f051}},
		{stream{math.MaxUint64, 1 << 63}, [4]uint64{9, math.MaxUint64, math.MaxUint64, 9}, [4]uint64{0x65bb9bd78ba3fb1a, 0x50c515acd8cb7b4d, 0x31520058b5f7ea25, 0x7aa6e08210e02661}},
	} {
		require.Equal(t, c.words, c.stream.block(c.counter[0], c.counter[1], c.counter[2], c.counter[3]))
	}
	// An element's own words come after those that it is given of the stream.
	d := &draws{stream: stream{42, 7}}
	shared, own := d.stream.shared(3), d.stream.block(0, 6, 1, 0)
	d.begin(6, 2)
	require.Equal(t, []uint64{shared[0], shared[1], own[0], own[1]}, []uint64{d.next(), d.next(), d.next(), d.next()})
	d.begin(7, 2)
	require.Equal(t, []uint64{shared[2], shared[3]}, []uint64{d.next(), d.next()})
}

// TestNumPysNumbers: the values of NumPy's Generator(Philox(key=[seed, stream])),
// by random(6), uniform(-1, 2.5, 6), choice(5, 24, p=p) and, as no word is
// rejected here, integers(-2**62, 2**62, 4).
func TestNumPysNumbers(t *testing.T) {
	require.Equal(t, []float64{
		0.8201981478608876, 0.18924562408645496, 0.8676608148821462,
		0.3945814702827203, 0.36812845090913937, 0.4344462539595917,
	}, sample[float64](t, op.RandomUniform, Draw{Seed: 42, B: 1}, 6))
	require.Equal(t, []float64{
		1.492750036113557, -0.753226836903643, 0.37892212148676796,
		-0.5576655328719287, -0.2573464122317253, -0.11069902958861655,
	}, sample[float64](t, op.RandomUniform, Draw{Seed: 42, Stream: 3, A: -1, B: 2.5}, 6))
	require.Equal(t, []int64{3, 4, 3, 3, 0, 2, 4, 4, 4, 1, 1, 3, 1, 1, 4, 4, 3, 4, 4, 4, 3, 3, 4, 2},
		sample[int64](t, op.RandomChoice, Draw{Seed: 42, Stream: 1, N: 5, P: []float64{0.1, 0.2, 0.05, 0.3, 0.35}}, 24))
	require.Equal(t, []int64{-518843072669438397, 2918202002636766544, 83251873464560873, -1036535065424832075},
		sample[int64](t, op.RandomIntegers, Draw{Seed: 42, Stream: 1, Low: -1 << 62, Span: 1<<63 - 1}, 4))
}

// kept are draws whose bits no release may change: some elements, and a hash of
// the first 20000 with those that take rare ways.
var kept = []struct {
	name     op.Name
	d        dtype.DType
	draw     Draw
	elements [3]any
	hash     uint64
}{
	{op.RandomUniform, dtype.Float64, Draw{Seed: 7, A: -1, B: 3}, [3]any{2.488293819281949, 0.18146152605513421, 0.6803907140289689}, 0xffc5d7735bbbc217},
	{op.RandomUniform, dtype.Float32, Draw{Seed: 7, Stream: 1, B: 1}, [3]any{float32(0.88246685), float32(0.36903834), float32(0.5170697)}, 0x339dbf93ffaf1f1c},
	{op.RandomNormal, dtype.Float64, Draw{Seed: 7, B: 1}, [3]any{-1.128102617116991, 0.4395363246980388, 0.5773585834624402}, 0xb4ffc2357013569},
	{op.RandomNormal, dtype.Float32, Draw{Seed: 7, Stream: 2, A: 10, B: 3}, [3]any{float32(8.167078), float32(7.0085087), float32(9.271974)}, 0x3a46f8964a02836},
	{op.RandomExponential, dtype.Float64, Draw{Seed: 7, A: 1}, [3]any{1.091327648190949, 0.4679151887147324, 0.5819439086596037}, 0xf508df03c1deea09},
	{op.RandomExponential, dtype.Float32, Draw{Seed: 7, A: 0.1}, [3]any{float32(0.10913277), float32(0.04679152), float32(0.05819439)}, 0x2fde2ceb082a243c},
	{op.RandomGamma, dtype.Float64, Draw{Seed: 7, A: 0.3, B: 2}, [3]any{0.06544047238539329, 0.48981845967820276, 0.0008900824724405736}, 0x3dbce115f252f21f},
	{op.RandomGamma, dtype.Float64, Draw{Seed: 7, A: 1, B: 2}, [3]any{2.182655296381898, 1.1638878173192073, 0.08646871998662675}, 0x1989640c99c3fff8},
	{op.RandomGamma, dtype.Float32, Draw{Seed: 7, A: 4.5, B: 1}, [3]any{float32(2.2620933), float32(5.459801), float32(4.2965918)}, 0xa0f188b6f5238231},
	{op.RandomBeta, dtype.Float64, Draw{Seed: 7, A: 0.4, B: 0.7}, [3]any{0.11305898059829637, 0.9968157548675312, 0.9794187799354495}, 0xe22137901ba6667c},
	{op.RandomBeta, dtype.Float64, Draw{Seed: 7, A: 0.5, B: 3}, [3]any{0.023986332900728855, 0.05885893451389667, 0.003556146092940563}, 0x728cf932cffa98c8},
	{op.RandomBeta, dtype.Float32, Draw{Seed: 7, A: 2, B: 5}, [3]any{float32(0.08960196), float32(0.31418905), float32(0.47094244)}, 0x9a5755da0ff6fc67},
	{op.RandomIntegers, dtype.Int8, Draw{Seed: 7, Low: -100, Span: 200}, [3]any{int8(75), int8(-41), int8(-16)}, 0x3aeb6f34f0bb92e8},
	{op.RandomIntegers, dtype.Uint8, Draw{Seed: 7, Low: 3, Span: 9}, [3]any{uint8(11), uint8(5), uint8(7)}, 0x9a3fc3873c630e9},
	{op.RandomIntegers, dtype.Bool, Draw{Seed: 7, Span: 1}, [3]any{true, false, false}, 0x3484c1e6ca35ddcc},
	{op.RandomIntegers, dtype.Int16, Draw{Seed: 7, Low: -5, Span: 9}, [3]any{int16(3), int16(-3), int16(-1)}, 0xdd58939b01d2a7c6},
	{op.RandomIntegers, dtype.Uint16, Draw{Seed: 7, Span: 60000}, [3]any{uint16(52325), uint16(17722), uint16(25206)}, 0xb0989ea96e667170},
	{op.RandomIntegers, dtype.Int32, Draw{Seed: 7, Low: -1 << 31, Span: 1<<32 - 1}, [3]any{int32(1598043320), int32(-878898995), int32(-343177858)}, 0xce666e3e4acc51e3},
	{op.RandomIntegers, dtype.Uint32, Draw{Seed: 7, Span: 1e9}, [3]any{uint32(872073455), uint32(295365381), uint32(420097678)}, 0x11fe6bb7a358204a},
	{op.RandomIntegers, dtype.Int64, Draw{Seed: 7, Low: -1 << 62, Span: 3 << 61}, [3]any{int64(1420907419528576606), int64(-2568487418045507534), int64(-1705648132908908359)}, 0x8aecbc7ba834dd4b},
	{op.RandomIntegers, dtype.Uint64, Draw{Seed: 7, Span: math.MaxUint64}, [3]any{uint64(16086915834549238692), uint64(5448529601018347655), uint64(7749434361382612120)}, 0xef44701aa8d558c6},
	{op.RandomIntegers, dtype.Uint64, Draw{Seed: 7, Low: 5, Span: 3 << 62}, [3]any{uint64(12065186875911929024), uint64(4086397200763760746), uint64(5812075771036959095)}, 0xb6a1fdb068d06e30},
	{op.RandomBinomial, dtype.Int64, Draw{Seed: 7, N: 10, A: 0.3}, [3]any{int64(5), int64(2), int64(3)}, 0x406da4697f698c63},
	{op.RandomBinomial, dtype.Int64, Draw{Seed: 7, N: 1000, A: 0.8}, [3]any{int64(786), int64(807), int64(803)}, 0xc9fd27a17de77c93},
	{op.RandomBinomial, dtype.Int64, Draw{Seed: 7, N: 1e12, A: 0.4}, [3]any{int64(400000639967), int64(399999889273), int64(399999173392)}, 0x1a3156c629410902},
	{op.RandomBinomial, dtype.Int64, Draw{Seed: 7, N: 1 << 62, A: 0.75}, [3]any{int64(3458764512605803776), int64(3458764514030714752), int64(3458764515389547264)}, 0x1d3aeb131b299b8e},
	{op.RandomPoisson, dtype.Int64, Draw{Seed: 7, A: 2.5}, [3]any{int64(4), int64(2), int64(2)}, 0x63fb3689c01efc4d},
	{op.RandomPoisson, dtype.Int64, Draw{Seed: 7, A: 5000}, [3]any{int64(5080), int64(4962), int64(4986)}, 0xf0f80ff31c6be0d6},
	{op.RandomPoisson, dtype.Int64, Draw{Seed: 7, A: 1e9}, [3]any{int64(1000041324), int64(999992852), int64(999946618)}, 0x22616b6637163db},
	{op.RandomChoice, dtype.Int64, Draw{Seed: 7, N: 1000}, [3]any{int64(872), int64(295), int64(420)}, 0x105724c7abfddc7f},
	{op.RandomChoice, dtype.Int64, Draw{Seed: 7, N: 4, P: []float64{0.125, 0.5, 0.25, 0.125}}, [3]any{int64(2), int64(1), int64(1)}, 0xcce7206f51f34704},
	{op.RandomChoice, dtype.Int64, Draw{Seed: 7, N: 30000, Distinct: true}, [3]any{int64(26162), int64(8861), int64(12604)}, 0xc15e1b16ea050852},
	{op.RandomPermutation, dtype.Int64, Draw{Seed: 7, N: 20000}, [3]any{int64(17441), int64(5908), int64(8403)}, 0xc963cc31158f2649},
	{op.RandomPermutation, dtype.Int64, Draw{Seed: 7, N: 1e6}, [3]any{int64(308061), int64(18926), int64(395096)}, 0x314e0862d2a16996},
	{op.RandomPermutation, dtype.Int64, Draw{Seed: 7, N: 1 << 62}, [3]any{int64(2517105515239726134), int64(2830515146827027940), int64(1118043829773737718)}, 0xd48c3f11b2cda953},
}

func TestBitsAreKept(t *testing.T) {
	const n = 20000
	for _, c := range kept {
		s, ok := NewSampler(c.name, c.d, c.draw)
		require.True(t, ok)
		x := dtype.Bytes(make([]uint64, n))[:n*c.d.Size()]
		s(x, n, 0, 1)
		hash := fnv.New64a()
		hash.Write(x)
		var got [3]any
		for i := range got {
			v, err := dtype.ScalarFromBytes(c.d, x[i*c.d.Size():][:c.d.Size()])
			require.NoError(t, err)
			got[i] = v.Value()
		}
		require.Equal(t, c.elements, got, "%s %v %+v", c.name, c.d, c.draw)
		require.Equal(t, c.hash, hash.Sum64(), "%s %v %+v", c.name, c.d, c.draw)
	}
}

func TestRandomElementsStandAlone(t *testing.T) {
	const n = 300
	for _, c := range kept {
		c.draw.Seed++
		size := c.d.Size()
		whole := dtype.Bytes(make([]uint64, n))[:n*size]
		s, _ := NewSampler(c.name, c.d, c.draw)
		s(whole, n, 0, 1)
		what := fmt.Sprintf("%s %v %+v", c.name, c.d, c.draw)
		for _, first := range []int{0, 1, 2, 3, 4, 5, 126, 127, 129} {
			for _, count := range []int{0, 1, 2, 3, 4, 5, 9, 135} {
				part, memory := guarded(c.d, count, 1)
				s, _ := NewSampler(c.name, c.d, c.draw)
				s(part, count, int64(first), 1)
				requireGuards(t, part, memory, c.d, 1, what)
				require.Equal(t, whole[first*size:(first+count)*size], part, "%s: %d from %d on", what, count, first)
			}
		}
		for _, step := range []int{0, 2, 3, -1, -2} {
			const count = 90
			part, memory := guarded(c.d, count, 1)
			first := 7
			if step < 0 {
				first = 290
			}
			s(part, count, int64(first), int64(step))
			requireGuards(t, part, memory, c.d, 1, what)
			for i := range count {
				at := first + i*step
				require.Equal(t, whole[at*size:(at+1)*size], part[i*size:(i+1)*size], "%s: step %d, element %d", what, step, at)
			}
		}
		require.Zero(t, testing.AllocsPerRun(5, func() { s(whole, n, 0, 1) }), what)
	}
}

// Streams and seeds are independent of each other.
func TestStreamsAreIndependent(t *testing.T) {
	const n = 1 << 16
	a := sample[float64](t, op.RandomNormal, Draw{Seed: 1, B: 1}, n)
	for _, draw := range []Draw{{Seed: 1, Stream: 1}, {Seed: 2}, {Seed: 0, Stream: 1}, {Seed: 1, Stream: 1 << 63}} {
		draw.B = 1
		products := 0.0
		for i, v := range sample[float64](t, op.RandomNormal, draw, n) {
			products += v * a[i]
		}
		require.InDelta(t, 0, products/n, 5/math.Sqrt(n), "%+v", draw)
	}
}

func TestUniformLeavesTheEndOut(t *testing.T) {
	for _, c := range []struct{ low, high float64 }{
		{1, math.Nextafter(1, 2)}, // one float32
		{16777215, 16777216},      // two neighbours
		{5, 5},
	} {
		for i, v := range sample[float32](t, op.RandomUniform, Draw{Seed: 1, A: c.low, B: c.high}, 1<<16) {
			if v != float32(c.low) {
				require.Failf(t, "outside", "element %d: %v", i, v)
			}
		}
	}
	for _, v := range sample[float64](t, op.RandomUniform, Draw{A: -math.MaxFloat64 / 2, B: math.MaxFloat64 / 2}, 1000) {
		require.False(t, math.IsInf(v, 0))
	}
}

// Parameters at the ends of what is allowed.
func TestExtremeParameters(t *testing.T) {
	const n = 2000
	tiny, huge := math.SmallestNonzeroFloat64, math.MaxFloat64
	for _, c := range []struct {
		name      op.Name
		draw      Draw
		low, high float64
	}{
		{op.RandomNormal, Draw{A: 3}, 3, 3},
		{op.RandomExponential, Draw{}, 0, 0},
		{op.RandomExponential, Draw{A: 1e300}, 1e295, 1e302},
		{op.RandomGamma, Draw{B: 1}, 0, 0},
		{op.RandomGamma, Draw{A: 2}, 0, 0},
		{op.RandomGamma, Draw{A: tiny, B: huge}, 0, 0},
		{op.RandomGamma, Draw{A: 1e-3, B: 1}, 0, 12},
		{op.RandomGamma, Draw{A: 1e12, B: 1}, 1e12 - 6e6, 1e12 + 6e6},
		{op.RandomGamma, Draw{A: huge, B: 1}, huge * (1 - 1e-15), huge},
		{op.RandomBeta, Draw{A: tiny, B: tiny}, 0, 1},
		{op.RandomBeta, Draw{A: 1e-300, B: 1e-310}, 0, 1},
		{op.RandomBeta, Draw{A: tiny, B: 1}, 0, 0},
		{op.RandomBeta, Draw{A: 1, B: tiny}, 1, 1},
		{op.RandomBeta, Draw{A: tiny, B: huge}, 0, 0},
		{op.RandomBeta, Draw{A: huge, B: huge}, 0.5 - 1e-15, 0.5 + 1e-15},
		{op.RandomBeta, Draw{A: 1e12, B: 3e12}, 0.25 - 2e-6, 0.25 + 2e-6},
		{op.RandomBinomial, Draw{N: 0, A: 0.5}, 0, 0},
		{op.RandomBinomial, Draw{N: 7, A: 0}, 0, 0},
		{op.RandomBinomial, Draw{N: 7, A: 1}, 7, 7},
		{op.RandomBinomial, Draw{N: math.MaxInt64, A: 1}, math.MaxInt64, math.MaxInt64},
		{op.RandomBinomial, Draw{N: math.MaxInt64, A: tiny}, 0, 0},
		{op.RandomBinomial, Draw{N: math.MaxInt64, A: 1e-18}, 0, 30},
		{op.RandomBinomial, Draw{N: 1 << 53, A: 1 - 0x1p-53}, 1<<53 - 10, 1 << 53},
		{op.RandomPoisson, Draw{A: 0}, 0, 0},
		{op.RandomPoisson, Draw{A: tiny}, 0, 0},
		{op.RandomPoisson, Draw{A: 1e9}, 1e9 - 2e5, 1e9 + 2e5},
		{op.RandomPoisson, Draw{A: 9.223372006484771e18}, 9.2233e18, math.MaxInt64},
		{op.RandomChoice, Draw{N: 1}, 0, 0},
		{op.RandomChoice, Draw{N: 3, P: []float64{0, 1, 0}}, 1, 1},
	} {
		if c.name == op.RandomBinomial || c.name == op.RandomPoisson || c.name == op.RandomChoice {
			for _, v := range sample[int64](t, c.name, c.draw, n) {
				require.True(t, float64(v) >= c.low && float64(v) <= c.high, "%s %+v: %v", c.name, c.draw, v)
				require.GreaterOrEqual(t, v, int64(0))
			}
			continue
		}
		for _, v := range sample[float64](t, c.name, c.draw, n) {
			require.True(t, v >= c.low && v <= c.high, "%s %+v: %v", c.name, c.draw, v)
		}
	}
	// Shapes that are very small make 0 and 1, as often as their ratio says.
	ones := 0.0
	for _, v := range sample[float64](t, op.RandomBeta, Draw{A: 1e-310, B: 3e-310}, 1<<14) {
		require.True(t, v == 0 || v == 1, v)
		ones += v
	}
	require.InDelta(t, 0.25, ones/(1<<14), 5*math.Sqrt(0.25*0.75/(1<<14)))
}

func TestTypesOfRandomNumbers(t *testing.T) {
	for _, name := range []op.Name{op.RandomUniform, op.RandomPoisson, op.RandomIntegers, op.Arange} {
		var types []dtype.DType
		for _, d := range append(dtype.All(), dtype.Invalid) {
			if s, ok := NewSampler(name, d, Draw{B: 1}); ok {
				require.NotNil(t, s)
				types = append(types, d)
			}
		}
		switch name {
		case op.RandomUniform:
			require.Equal(t, []dtype.DType{dtype.Float32, dtype.Float64}, types)
		case op.RandomPoisson:
			require.Equal(t, []dtype.DType{dtype.Int64}, types)
		case op.RandomIntegers:
			require.Len(t, types, 9)
		default:
			require.Empty(t, types)
		}
	}
}

func TestRandomLogAndExp(t *testing.T) {
	worst := func(got, want float64) float64 {
		return math.Abs(got-want) / (math.Nextafter(math.Abs(want), math.Inf(1)) - math.Abs(want))
	}
	x := sample[float64](t, op.RandomNormal, Draw{B: 1}, 1<<18)
	for _, v := range x {
		if y := math.Exp(5 * v); y != 1 {
			require.LessOrEqual(t, worst(randomLog(y), math.Log(y)), 3.0, y)
		}
		require.LessOrEqual(t, worst(randomExp(100*v), math.Exp(100*v)), 3.0, 100*v)
	}
	require.InDelta(t, -1074*math.Ln2, randomLog(math.SmallestNonzeroFloat64), 1e-12)
	for _, v := range []float64{1, 0.5, 2, 0.75, 0x1p-1022, math.MaxFloat64, math.Nextafter(1, 0), math.Nextafter(1, 2)} {
		require.InDelta(t, math.Log(v), randomLog(v), 1e-15*math.Abs(math.Log(v)), v)
	}
	for _, v := range []float64{0, 1, -1, 709, -700, -720, -745, -746, -1e300, math.Inf(-1)} {
		require.InEpsilon(t, 1+math.Exp(v), 1+randomExp(v), 1e-14, v)
	}
	require.Equal(t, math.Inf(1), randomExp(711))
	require.Equal(t, math.Inf(1), randomExp(math.Inf(1)))
}

// The strips of a ziggurat have one area, and the highest ends at the top.
func TestZiggurats(t *testing.T) {
	for _, z := range []*strips{normalStrips, exponentialStrips} {
		area := z.edge[0] * z.height[1]
		for i := 1; i < 256; i++ {
			require.InEpsilon(t, area, z.edge[i]*(z.height[i+1]-z.height[i]), 1e-10, i)
			require.Less(t, z.edge[i+1], z.edge[i])
		}
		require.Equal(t, 1.0, z.height[256])
	}
	normal := func(x float64) float64 { return math.Sqrt(math.Pi/2) * math.Erfc(x/math.Sqrt2) }
	require.InEpsilon(t, normalArea, normalStart*bell(normalStart)+normal(normalStart), 1e-13)
	require.InEpsilon(t, exponentialArea, (exponentialStart+1)*decay(exponentialStart), 1e-13)
	// Numbers of the tails come as often as they should.
	x := sample[float64](t, op.RandomNormal, Draw{Seed: 4, B: 1}, 1<<22)
	y := sample[float64](t, op.RandomExponential, Draw{Seed: 4, A: 1}, 1<<22)
	for _, edge := range []float64{normalStart, 4, 4.5} {
		count := 0.0
		for _, v := range x {
			if math.Abs(v) > edge {
				count++
			}
		}
		want := (1 << 22) * math.Erfc(edge/math.Sqrt2)
		require.InDelta(t, want, count, 5*math.Sqrt(want), edge)
	}
	for _, edge := range []float64{exponentialStart, 9, 11} {
		want := (1 << 22) * math.Exp(-edge)
		count := float64(len(slices.DeleteFunc(slices.Clone(y), func(v float64) bool { return v <= edge })))
		require.InDelta(t, want, count, 5*math.Sqrt(want), edge)
	}
}
