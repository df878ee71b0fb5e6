package array_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
)

func TestChunkSpecs(t *testing.T) {
	x := array.Zeros[float64]([]int{100, 36}, array.Chunks(10, 12), array.Names("TIME", "LAT"))
	for _, c := range []struct {
		specs []array.ChunkSpec
		text  string // the same, if ParseChunks can say it
		want  string
	}{
		{[]array.ChunkSpec{array.Chunks(30, 36)}, "30,36", "(3x30+10, 36)"},
		{[]array.ChunkSpec{array.Chunks(array.Whole, 100)}, "-1, 100", "(100, 36)"},
		{[]array.ChunkSpec{array.Chunks(20)}, "20", "(5x20, 20+16)"},
		{[]array.ChunkSpec{array.Chunks(array.Whole)}, "-1", "(100, 36)"},
		{[]array.ChunkSpec{array.ChunkSizes([]int{60, 40}, []int{36})}, "60+40, 36", "(60+40, 36)"},
		{[]array.ChunkSpec{array.ChunkSizes([]int{60, 0, 40}, []int{12, 12, 12})}, "60+0+40, 12", "(60+40, 3x12)"},
		{[]array.ChunkSpec{array.ChunksAlong(0, array.Whole)}, "0=-1", "(100, 3x12)"},
		{[]array.ChunkSpec{array.ChunksAlong(-1, 18)}, "-1=18", "(10x10, 2x18)"},
		{[]array.ChunkSpec{array.ChunksNamed("TIME", 50)}, "TIME=50", "(2x50, 3x12)"},
		{[]array.ChunkSpec{array.ChunksNamed("TIME", 50), array.ChunksNamed("LAT", array.Whole)}, "TIME = 50, LAT = -1", "(2x50, 36)"},
		{[]array.ChunkSpec{array.Chunks(50, array.Whole), array.ChunksAlong(0, 25)}, "", "(4x25, 36)"},
		{nil, "auto", "(100, 36)"},
		{[]array.ChunkSpec{array.AutoChunks(8 * 400)}, "3200B", "(5x20, 3x12)"}, // 20 along each axis, in whole blocks
		{[]array.ChunkSpec{array.AutoChunks(8 * 2000)}, "16kb", "(2x50, 36)"},
		{[]array.ChunkSpec{array.Chunks(array.Auto, 6), array.AutoChunks(0)}, "", "(100, 36)"},
		{[]array.ChunkSpec{array.Chunks(array.Auto, 6)}, "auto, 6", "(100, 6x6)"},
		{[]array.ChunkSpec{array.ChunkSizesAlong(-1, 30, 6)}, "-1 = 30+6", "(10x10, 30+6)"},
		{[]array.ChunkSpec{array.ChunkSizesNamed("TIME", 1, 99)}, "TIME=1+99", "(1+99, 3x12)"},
		{[]array.ChunkSpec{array.AutoChunks(8 * 1440), array.Chunks(array.Auto, array.Whole)}, "11520B, -1", "(2x40+20, 36)"},
		{[]array.ChunkSpec{array.AutoChunks(8 * 240), array.ChunksAlong(1, 12)}, "0=1920B, 1=12", "(5x20, 3x12)"},
		{[]array.ChunkSpec{array.AutoChunks(8 * 18), array.ChunksNamed("LAT", 1)}, "TIME = 144b, LAT = 1", "(10x10, 36x1)"},
		{[]array.ChunkSpec{array.BalancedChunks()}, "", "(10x10, 3x12)"},
		{[]array.ChunkSpec{array.Chunks(48, 20), array.BalancedChunks()}, "", "(2x50, 2x18)"},
		{[]array.ChunkSpec{array.BalancedChunks(), array.Chunks(30, 35)}, "", "(2x34+32, 36)"},
		{[]array.ChunkSpec{array.Chunks(60, 15), array.BalancedChunks()}, "", "(2x50, 2x18)"},
		{[]array.ChunkSpec{array.ChunkSizesAlong(0, 90, 10), array.ChunksAlong(1, 16), array.BalancedChunks()}, "", "(90+10, 2x18)"},
	} {
		a := x.Rechunk(c.specs...)
		require.NoError(t, a.Err(), c.want)
		require.Equal(t, c.want, a.Chunks().String())
		if c.text != "" {
			spec, err := array.ParseChunks(c.text)
			require.NoError(t, err, c.text)
			require.Equal(t, c.want, x.Rechunk(spec).Chunks().String(), c.text)
		}
	}
}

func TestAutomaticChunks(t *testing.T) {
	for _, c := range []struct {
		a    array.Array
		want string
	}{
		{array.Zeros[float64]([]int{100000, 100000}), "(69x1448+88, 69x1448+88)"},
		{array.Zeros[float32]([]int{100000, 100000}), "(48x2048+1696, 48x2048+1696)"},
		{array.Zeros[int8]([]int{1 << 30}), "(64x16777216,)"},
		{array.Zeros[float64]([]int{10, 1 << 30}), "(10, 5120x209715+1024)"},
		{array.Zeros[float64]([]int{0, 5}), "(0, 5)"},
		{array.Zeros[float64](nil), "()"},
		{array.Zeros[float64]([]int{100000, 100000}, array.Chunks(array.Whole, array.Auto)), "(100000, 5000x20)"},
		{array.Zeros[float64]([]int{1 << 40}, array.AutoChunks(64<<20)), "(131072x8388608,)"},
		{array.Zeros[bool]([]int{5, 5, 5}, array.Chunks(2)), "(2x2+1, 2x2+1, 2x2+1)"},
	} {
		require.NoError(t, c.a.Err())
		require.Equal(t, c.want, c.a.Chunks().String())
	}
}

func TestParseChunksErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":            `chunks "": "" is not a length`,
		"ten":         `"ten" is not a length`,
		"10, TIME=5":  "either every length has an axis before an equals sign, or none",
		"TIME=5, 10":  "either every length has an axis before an equals sign, or none",
		"1MiB, 2MiB":  "a block has one size in bytes, here are 1048576 and 2097152",
		"TIME=16Mib4": `"16Mib4" is not a length`,
		"-5MiB":       `"-5MiB" is not a length`,
		"10+ten":      `"10+ten" is not a length`,
		"1e300TiB":    `"1e300TiB" is not a length`,
		"10,,10":      `"" is not a length`,
		"TIME=":       `"" is not a length`,
		"TIME=1=2":    `"1=2" is not a length`,
		"0.0000001kB": "is not a length",
		"99999999TiB": `chunks "99999999TiB": "99999999TiB" is too large`,
	} {
		_, err := array.ParseChunks(text)
		require.ErrorContains(t, err, want, text)
	}
	spec, err := array.ParseChunks("(2, 3)")
	require.NoError(t, err)
	require.Equal(t, "(2x2, 2x3)", array.Zeros[int8]([]int{4, 6}, spec).Chunks().String())
}

func TestParseBytes(t *testing.T) {
	for text, want := range map[string]int64{
		"64MiB": 64 << 20, "1GB": 1e9, "1000": 1000, "1.5 GiB": 3 << 29, "7b": 7, "2kib": 2048, "0.5TB": 5e11, " 3MB ": 3e6,
	} {
		got, err := array.ParseBytes(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "lots", "MiB", "-1", "-1MiB", "0", "0.1", "1e3", "0x10", "inf", "nan", "64M", "1..5", "1 2"} {
		_, err := array.ParseBytes(text)
		require.ErrorContains(t, err, "64MiB", text)
	}
	for _, text := range []string{"99999999999TiB", "9223372036854775807", strings.Repeat("9", 400)} {
		_, err := array.ParseBytes(text)
		require.ErrorContains(t, err, "is too large", text)
	}
}

func TestRechunkKeepsElements(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 16))
	for range 60 {
		p := random(r, randomShape(r, 1+r.IntN(3), 9))
		a := chunked(r, p).Rechunk(randomChunks(r, p.shape)).Rechunk(randomChunks(r, p.shape))
		require.Equal(t, p.data, values(t, a), a.String())
	}
}
