package main

import (
	"context"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
)

func TestMandelbrot(t *testing.T) {
	path := filepath.Join(t.TempDir(), "picture.png")
	c := config{width: 90, height: 61, steps: 40, out: path}
	var out strings.Builder
	require.NoError(t, run(context.Background(), c, &out))
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 5)
	for i, way := range []string{"rows", "expression", "blocks"} {
		require.Regexp(t, "^"+way+`: serial [\d.]+ s, parallel [\d.]+ s, speed-up [\d.]+$`, lines[i+1])
	}
	require.Regexp(t, `^\d+ of 5490 points stay for 40 steps$`, lines[4])

	file, err := os.Open(path)
	require.NoError(t, err)
	defer file.Close()
	img, err := png.Decode(file)
	require.NoError(t, err)
	require.Equal(t, 90, img.Bounds().Dx())
	require.Equal(t, 61, img.Bounds().Dy())
	require.Equal(t, color.Gray{}, img.At(60, 30), "the point near 0 stays")
	require.Greater(t, img.At(0, 0).(color.Gray).Y, uint8(0), "the corner leaves")

	require.ErrorIs(t, run(context.Background(), c, &out), os.ErrExist, "a file that is there stays")
}

// What is known of the set: it holds its main cardioid, the disc of radius 1/4
// around -1 and no point farther from 0 than 2.
func TestEveryWayKnowsTheSet(t *testing.T) {
	ctx := context.Background()
	p, most := plane{600, 270}, 30 // several blocks
	rows, err := byRows(ctx, p, most)
	require.NoError(t, err)
	whole, err := array.Values[int32](ctx, expression(p.points(), most))
	require.NoError(t, err)
	blocks, err := array.Values[int32](ctx, byBlocks(p.points(), most))
	require.NoError(t, err)
	require.Equal(t, rows, whole)
	require.Equal(t, rows, blocks)

	cardioid, disc, far := 0, 0, 0
	for i, n := range rows {
		c := p.point(i%p.width, i/p.width)
		x, y := real(c), imag(c)
		q := (x-0.25)*(x-0.25) + y*y
		switch {
		case q*(q+(x-0.25)) < 0.24*y*y:
			cardioid++
			require.EqualValues(t, most, n, "%v is in the cardioid", c)
		case (x+1)*(x+1)+y*y < 0.06:
			disc++
			require.EqualValues(t, most, n, "%v is in the disc", c)
		case x*x+y*y > 4:
			far++
			require.EqualValues(t, 0, n, "%v is far away", c)
		}
	}
	require.Greater(t, min(cardioid, disc, far), 20)
}

func TestSteps(t *testing.T) {
	for c, want := range map[complex128]int32{
		0:      30, // stays at 0
		-1:     30, // goes between -1 and 0
		-2:     30, // goes to 2 and stays there
		1i:     30, // goes between -1+1i and -1i
		1:      2,  // 1, 2, 5, …
		0.5:    4,  // 0.5, 0.75, 1.0625, 1.6289, 3.1533, …
		2 + 1i: 0,
	} {
		require.Equal(t, want, steps(c, 30), "%v", c)
	}
}

func TestWrongNumbers(t *testing.T) {
	for _, c := range []config{{0, 1, 1, ""}, {1, -1, 1, ""}, {1, 1, 0, ""}} {
		require.ErrorContains(t, run(context.Background(), c, &strings.Builder{}), "none may be below 1")
	}
}
