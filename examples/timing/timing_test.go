package timing_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/examples/timing"
)

func give[T any](v T, err error) func() (T, error) { return func() (T, error) { return v, err } }

func TestCompareWritesALine(t *testing.T) {
	serial, err := timing.Serial(give([]int{1, 2}, nil))
	require.NoError(t, err)
	require.Equal(t, []int{1, 2}, serial.Result)

	var out strings.Builder
	require.NoError(t, serial.Compare(&out, "Map", give([]int{1, 2}, nil)))
	require.Regexp(t, `^Map: serial \d+\.\d\d s, parallel \d+\.\d\d s, speed-up \d+\.\d\d\n$`, out.String())
}

func TestCompareFindsDifferences(t *testing.T) {
	serial, err := timing.Serial(give(make([]int, 1000), nil))
	require.NoError(t, err)

	var out strings.Builder
	err = serial.Compare(&out, "Map", give([]int{7}, nil))
	require.ErrorContains(t, err, "Map: the result [7] is not that of the serial loop, [0 0 0 ")
	require.Less(t, len(err.Error()), 200, "long results are cut")
	require.Empty(t, out.String(), "a wrong result has no speed")
}

func TestErrorsArePassedOn(t *testing.T) {
	failure := errors.New("no disk")
	_, err := timing.Serial(give(0, failure))
	require.ErrorIs(t, err, failure)

	serial, err := timing.Serial(give(0, nil))
	require.NoError(t, err)
	var out strings.Builder
	require.ErrorIs(t, serial.Compare(&out, "Map", give(0, failure)), failure)
	require.Empty(t, out.String())
}

func TestEmptySlicesAreEqual(t *testing.T) {
	serial, err := timing.Serial(give([]int(nil), nil))
	require.NoError(t, err)
	var out strings.Builder
	require.NoError(t, serial.Compare(&out, "Map", give([]int{}, nil)))
	require.Error(t, serial.Compare(&out, "Map", give([]int{0}, nil)))
}
