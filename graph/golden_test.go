package graph

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/dtype"
	"gabion/internal/op"
)

var update = flag.Bool("update", false, "write what the tests got into testdata")

// evaluate knows as much as the golden files need.
func evaluate(n *Node, in []dtype.Scalar) (dtype.Scalar, error) {
	value := func(s dtype.Scalar) float64 {
		switch v := s.Value().(type) {
		case int64:
			return float64(v)
		case float64:
			return v
		}
		return 0
	}
	out := value(in[0])
	switch n.Op {
	case op.Astype:
	case op.Negative:
		out = -out
	case op.Add:
		out += value(in[1])
	case op.Multiply:
		out *= value(in[1])
	default:
		return dtype.Scalar{}, fmt.Errorf("%s is not evaluated", n.Op)
	}
	if n.Results[0].DType == dtype.Int64 {
		return scalar(int64(out)), nil
	}
	return scalar(out), nil
}

// TestGolden runs each program of testdata/<pass> through the pass, or through
// all of them in testdata/all. A file is a program, a line of dashes and the
// graph.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	tried := map[string]bool{}
	for _, file := range files {
		t.Run(filepath.ToSlash(file), func(t *testing.T) {
			pass := filepath.Base(filepath.Dir(file))
			tried[pass] = true
			content, err := os.ReadFile(file)
			require.NoError(t, err)
			source, want, _ := strings.Cut(strings.ReplaceAll(string(content), "\r\n", "\n"), "---\n")
			g := parseGraph(t, source)
			require.NoError(t, Verify(g))
			o := Options{Evaluate: evaluate, Verify: true}
			for _, p := range Passes() {
				if pass != "all" && p.Name != pass {
					o.Off = append(o.Off, p.Name)
				}
			}
			out, err := Optimize(g, o)
			require.NoError(t, err)
			text := out.Text()
			if pass == "fuse" { // the graph is the same; what is computed in one go is another
				for _, group := range Groups(out) {
					text += fmt.Sprintf("group %v over %v\n", group, group.Grid)
				}
			}
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(source+"---\n"+text), 0o644))
				return
			}
			require.Equal(t, want, text)
		})
	}
	for _, p := range Passes() {
		require.True(t, tried[p.Name], "pass %s has no golden file", p.Name)
	}
}

func TestDOT(t *testing.T) {
	g := parseGraph(t, `
x = read dtype=float32 shape=4 names=t units=K
y = add x x
return y y`)
	require.Equal(t, `digraph {
	node [shape=box]
	n0 [label="read source=\"x\"\nfloat32 (4,) chunks (4,) names (t,)"]
	n1 [label="add\nfloat32 (4,) chunks (4,) names (t,)"]
	n0 -> n1
	n0 -> n1
	out0 [shape=plain]
	n1 -> out0
	out1 [shape=plain]
	n1 -> out1
}
`, g.DOT())
}
