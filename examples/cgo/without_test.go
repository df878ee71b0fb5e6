//go:build !(cgo_example && cgo)

package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRefuse(t *testing.T) {
	var out bytes.Buffer
	require.Equal(t, 2, refuse(&out))
	require.Contains(t, out.String(), "\tCGO_ENABLED=1 go run -tags cgo_example ./examples/cgo\n")
}
