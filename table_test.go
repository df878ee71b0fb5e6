package gabion_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/array/call"
	"gabion/array/expr"
	"gabion/dtype"
	"gabion/internal/kernel"
	"gabion/internal/kernel/contraction"
	"gabion/internal/op"
)

// inGo are the functions and methods of package array for the operations that are
// not called there as in the table.
var inGo = map[op.Name]string{
	op.RandomUniform:     "Uniform",
	op.RandomNormal:      "Normal",
	op.RandomExponential: "Exponential",
	op.RandomGamma:       "Gamma",
	op.RandomBeta:        "Beta",
	op.RandomIntegers:    "Integers",
	op.RandomBinomial:    "Binomial",
	op.RandomPoisson:     "Poisson",
	op.RandomChoice:      "Choice",
	op.RandomPermutation: "Permutation",
	op.Empty:             "Zeros",
	op.Subtract:          "Sub",
	op.Multiply:          "Mul",
	op.Divide:            "Div",
	op.FloorDivide:       "FloorDiv",
	op.Remainder:         "Mod",
	op.Negative:          "Neg",
	op.Equal:             "Eq",
	op.NotEqual:          "Ne",
	op.Less:              "Lt",
	op.LessEqual:         "Le",
	op.Greater:           "Gt",
	op.GreaterEqual:      "Ge",
	op.LogicalAnd:        "And",
	op.LogicalOr:         "Or",
	op.LogicalNot:        "Not",
	op.LogicalXor:        "Xor",
	op.Slice:             "Index",
	op.Oindex:            "IndexOuter",
	op.LinalgDiagonal:    "Diagonal",
	op.LinalgTrace:       "Trace",
	op.Transpose:         "Transpose",
	op.Concat:            "Concatenate",
	op.FromFunc:          "FromFunc",
	op.SetItem:           "Set",
	op.CumulativeSum:     "CumSum",
	op.CumulativeProd:    "CumProd",
	op.TakeAlongAxis:     "TakeAlong",
	op.SlidingWindowView: "SlidingWindows",
	op.Read:              "From",
}

// notCompared are the operations that no random program compares with NumPy, and
// why.
var notCompared = map[op.Name]string{
	op.MapBlock: "NumPy does not know functions of Go", op.TreeReduce: "NumPy does not know functions of Go",
	op.FromFunc: "NumPy does not know functions of Go", op.ApplyGufunc: "NumPy does not know functions of Go",
	op.MapOverlap:    "NumPy does not know functions of Go",
	op.RandomUniform: "its numbers are held to golden values", op.RandomNormal: "its numbers are held to golden values and their distribution",
	op.RandomExponential: "its numbers are held to golden values and their distribution", op.RandomGamma: "its numbers are held to golden values and their distribution",
	op.RandomBeta: "its numbers are held to golden values and their distribution", op.RandomIntegers: "its numbers are held to golden values and their distribution",
	op.RandomBinomial: "its numbers are held to golden values and their distribution", op.RandomPoisson: "its numbers are held to golden values and their distribution",
	op.RandomChoice: "its numbers are held to golden values and their distribution", op.RandomPermutation: "its numbers are held to golden values and their distribution",
}

// TestTable walks over the table of operations: each has its kernels, its function
// in package array, its form in documents and expressions, its line on the page,
// and is compared with NumPy.
func TestTable(t *testing.T) {
	page := read(t, "docs/operations.md")
	exported := exportedOf(t, "array")
	functions := make(map[string]bool)
	for _, name := range expr.Functions() {
		functions[name] = true
	}
	compared := comparedWithNumPy(t)
	for _, row := range op.Rows() {
		name := string(row.Name)
		checkKernels(t, row)
		documents := call.Callable(name)
		if row.Internal {
			require.True(t, documents, "%s: documents cannot call it", name)
			require.NotContains(t, page, "| `"+row.Call()+"`", "it is not for users")
			require.False(t, functions[name], "%s is not for users", name)
			continue
		}
		own, other := inGo[row.Name]
		if !other {
			own = strings.ReplaceAll(name, "_", "")
		}
		require.True(t, exported[strings.ToLower(own)], "%s: package array has no %s", name, own)
		forAll := !row.InGoAlone() && row.Name != op.Read // which documents have in a way of their own
		require.Equal(t, forAll, documents, "%s in documents", name)
		require.Equal(t, forAll && !strings.Contains(name, "."), functions[name], "%s in expressions", name) // whose names have no dots
		require.Contains(t, page, "| `"+row.Call()+"`", "go test ./cmd/gabion -update writes the page")
		if row.Name == op.Read {
			continue // the tests of formats compare what is read
		}
		named := slices.ContainsFunc(append([]string{name}, row.NumPy...), func(name string) bool { return compared[name] })
		_, exempt := notCompared[row.Name]
		require.NotEqual(t, named, exempt, "%s: it is compared with NumPy in bench/interop, or listed here with a reason", name)
	}
	for name := range inGo {
		require.NotNil(t, op.Lookup(name), name)
	}
	for name := range notCompared {
		require.NotNil(t, op.Lookup(name), name)
	}
}

// TestStandard: what is said to be missing is not there, and what is said of
// parameters is of operations that are.
func TestStandard(t *testing.T) {
	for _, name := range op.Missing {
		require.Nil(t, op.Find(string(name)), "%s is there", name)
	}
	for _, p := range op.Parameters {
		quoted := strings.Split(p.Functions, "`")
		require.Equal(t, 1, len(quoted)%2, "%s: a name is not closed", p.Functions)
		for i := 1; i < len(quoted); i += 2 {
			require.NotNil(t, op.Find(quoted[i]), "there is no %s", quoted[i])
		}
	}
}

// checkKernels looks for what computes an operation of each type that it takes.
func checkKernels(t *testing.T, row *op.Op) {
	t.Helper()
	if row.Types == nil {
		return
	}
	for _, d := range dtype.All() {
		in := make([]dtype.DType, max(2, row.Arity))
		for i := range in {
			in[i] = d
		}
		if row.Arity > 0 {
			in = in[:row.Arity]
		}
		types, err := row.Types(row.Name, in)
		if err != nil {
			continue
		}
		found := false
		switch row.Class {
		case op.Elementwise:
			_, found = kernel.Elementwise(row.Name, types.Kernel)
		case op.Reduction:
			_, found = kernel.Reduce(row.Name, types.Kernel)
		case op.Contraction:
			_, found = contraction.New(types.Kernel)
		}
		require.True(t, found, "%s has no kernel for %v", row.Name, d)
	}
}

// exportedOf are the exported functions, generic types aside, and methods of a
// package, in small letters.
func exportedOf(t *testing.T, dir string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	require.NoError(t, err)
	names := make(map[string]bool)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Name.IsExported() {
				names[strings.ToLower(f.Name.Name)] = true
			}
		}
	}
	return names
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}
