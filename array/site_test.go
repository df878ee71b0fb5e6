package array_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/scheduler"
)

func TestMadeAt(t *testing.T) {
	engine, err := scheduler.New(scheduler.Options{Memory: 64 << 10})
	require.NoError(t, err)
	defer func() { require.NoError(t, engine.Close()) }()
	wide := array.Arange(0, 1_000_000, 1, array.Chunks(1_000_000)).MadeAt("line 7")
	_, err = array.Values[int64](context.Background(), wide, array.On(engine))
	require.ErrorContains(t, err, "arange (at line 7)")

	bad := array.Arange(0, 1, 0)
	require.Equal(t, bad.Err(), bad.MadeAt("line 7").Err(), "an error stays")
	values, err := array.Values[int64](context.Background(), array.Arange(0, 3, 1).MadeAt("line 7"))
	require.NoError(t, err)
	require.Equal(t, []int64{0, 1, 2}, values)
}
