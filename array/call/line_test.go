package call_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array"
	"gabion/array/call"
)

// TestLine: without a place, errors name the line of the caller.
func TestLine(t *testing.T) {
	_, err := call.Invoke("sum", []call.Arg{array.Zeros[int8]([]int{2}), 7}, nil)
	require.ErrorContains(t, err, "array/call/line_test.go:14)")
	_, err = call.Invoke("sum", nil, nil)
	require.ErrorContains(t, err, "array/call/line_test.go:16)")
}
