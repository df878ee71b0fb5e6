package gabion_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// imports is the order of the packages: each line is a package and what it may
// import beside the standard library. It is a statement of policy. Do not change
// it to make a build pass; a change needs its reason in RATIONALE.md.
//
// Names in parentheses are all that may be used of a package, * is everything,
// and a name that ends in /... stands for the packages below it.
const imports = `
	dtype:
	block:              dtype, golang.org/x/sys
	block/blocktest:    dtype, block

	internal/op:        dtype, block
	internal/kernel:    dtype, internal/op
	internal/kernel/contraction: dtype, internal/op, internal/kernel, gonum.org/v1/gonum
	graph:              dtype, block, internal/op
	graph/document:     dtype, block, internal/op, graph
	internal/plan:      dtype, block, internal/op, graph
	internal/exec:      dtype, block, internal/op, internal/plan, internal/kernel, internal/kernel/contraction
	internal/spill:     golang.org/x/sys

	scheduler:          dtype, block, internal/plan, internal/exec, internal/spill, golang.org/x/sys, golang.org/x/time
	scheduler/progress: dtype, block, scheduler, golang.org/x/sys
	scheduler/schedulertest: dtype, block, block/blocktest, graph, internal/op, internal/plan, scheduler

	array:              dtype, block, internal/op, graph, internal/plan, scheduler
	array/call:         dtype, block, internal/op, graph, graph/document, array
	array/expr:         dtype, block, internal/op, graph, array, array/call

	io/store:
	io/store/storetest: io/store
	io/codec:           github.com/klauspost/compress
	io/zarr:            dtype, block, io/store, io/codec
	io/netcdf:          dtype, block, io/store, io/codec
	io/npy:             dtype, block, golang.org/x/sys
	io/matrix:          dtype, block, gonum.org/v1/gonum
	io/open:            dtype, block, io/store, io/netcdf, io/npy, io/zarr

	cmd/gabion:         *, github.com/alecthomas/kong
	examples/...:       dtype, block, block/blocktest, graph, scheduler, scheduler/progress, array, array/expr, io/store, io/codec, io/zarr, io/netcdf, io/npy, io/matrix, io/open, examples/timing, gonum.org/v1/gonum
	bench/...:          *
	bench/tasks:        *, golang.org/x/sync, github.com/alitto/pond, github.com/panjf2000/ants, github.com/sourcegraph/conc
`

// inTests is what tests may import beside what is in the module.
var inTests = []string{"github.com/stretchr/testify", "go.uber.org/goleak"}

// concurrent are the files that may start goroutines.
var concurrent = []string{"scheduler/worker.go", "scheduler/fetch.go", "scheduler/stream.go", "scheduler/progress/display.go"}

// unsafely are the files that may import unsafe.
var unsafely = []string{
	"dtype/memory.go", "scheduler/limits_windows.go",
	"block/pool.go", "block/pool_linux.go", "block/pool_otherunix.go", "block/pool_unix.go", "block/pool_windows.go",
}

// calling are the files that may call C. Each is built only with a tag of its own,
// so that nobody needs a C compiler for the module.
var calling = map[string]string{"examples/cgo/collatz.go": "//go:build cgo_example && cgo\n"}

// file is a Go file of the module.
type file struct {
	path string // with slashes
	syn  *ast.File
	set  *token.FileSet
}

func (f file) dir() string  { return path.Dir(f.path) }
func (f file) isTest() bool { return strings.HasSuffix(f.path, "_test.go") }

// texts calls visit for every file of the module that is not data.
func texts(t *testing.T, visit func(name string, content []byte)) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := d.Name()
		if d.IsDir() {
			if base == "testdata" || base == ".git" || base == "data" || strings.HasSuffix(base, "venv") || strings.HasSuffix(base, ".zarr") || base == ".tools" {
				return filepath.SkipDir
			}
			return nil
		}
		content, err := os.ReadFile(name)
		visit(filepath.ToSlash(name), content)
		return err
	}))
}

// goFiles are the Go files of the module, for every system.
func goFiles(t *testing.T) []file {
	t.Helper()
	var files []file
	texts(t, func(name string, content []byte) {
		if path.Ext(name) == ".go" {
			set := token.NewFileSet()
			syn, err := parser.ParseFile(set, name, content, 0)
			require.NoError(t, err)
			files = append(files, file{name, syn, set})
		}
	})
	require.Greater(t, len(files), 100, "the files of the module are not found")
	return files
}

// rule is what a package may import: the names that may be used of each, nil
// for all.
type rule struct {
	module     map[string][]string
	everything bool
	others     []string
}

func rules(t *testing.T) map[string]rule {
	t.Helper()
	all := make(map[string]rule)
	for line := range strings.Lines(imports) {
		name, list, found := strings.Cut(strings.TrimSpace(line), ":")
		if !found {
			continue
		}
		require.NotContains(t, all, name, "listed twice")
		r := rule{module: make(map[string][]string)}
		for item := range strings.SplitSeq(list, ",") {
			item = strings.TrimSpace(item)
			pkg, names, limited := strings.Cut(strings.TrimSuffix(item, ")"), "(")
			switch {
			case item == "":
			case item == "*":
				r.everything = true
			case strings.Contains(strings.Split(pkg, "/")[0], "."):
				r.others = append(r.others, pkg)
			case limited:
				r.module[pkg] = strings.Fields(names)
			default:
				r.module[pkg] = nil
			}
		}
		all[name] = r
	}
	return all
}

func (f file) rule(all map[string]rule) (rule, bool) {
	for dir := f.dir(); dir != "."; dir = path.Dir(dir) {
		if r, ok := all[dir]; ok && dir == f.dir() {
			return r, true
		}
		if r, ok := all[dir+"/..."]; ok {
			return r, true
		}
	}
	return rule{}, false
}

// within reports whether pkg is one of modules or below one.
func within(pkg string, modules []string) bool {
	return slices.ContainsFunc(modules, func(m string) bool { return pkg == m || strings.HasPrefix(pkg, m+"/") })
}

func TestImportOrder(t *testing.T) {
	all := rules(t)
	for _, f := range goFiles(t) {
		if f.dir() == "." {
			require.True(t, f.isTest(), "%s: the top folder holds no package", f.path)
			continue
		}
		r, ok := f.rule(all)
		if !ok {
			t.Errorf("%s: the package has no line in the table of imports in deps_test.go", f.path)
			continue
		}
		for _, spec := range f.syn.Imports {
			pkg, err := strconv.Unquote(spec.Path.Value)
			require.NoError(t, err)
			first, rest, _ := strings.Cut(pkg, "/")
			switch {
			case first == "gabion" && f.isTest():
			case first == "gabion":
				names, allowed := r.module[rest]
				if !allowed && !r.everything {
					t.Errorf("%s imports %s, which the table in deps_test.go does not allow", f.path, pkg)
				}
				if names != nil {
					for _, used := range f.selected(path.Base(pkg)) {
						if !slices.Contains(names, used) {
							t.Errorf("%s uses %s.%s; of %s only %v may be used", f.path, path.Base(pkg), used, pkg, names)
						}
					}
				}
			case !strings.Contains(first, "."): // the standard library, and C: see TestCgoInNamedFiles
			case within(pkg, r.others), f.isTest() && within(pkg, inTests):
			default:
				t.Errorf("%s imports %s, which the table in deps_test.go does not allow there", f.path, pkg)
			}
		}
	}
}

// selected are the names that f uses of a package.
func (f file) selected(pkg string) []string {
	var names []string
	ast.Inspect(f.syn, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && x.Name == pkg {
				names = append(names, s.Sel.Name)
			}
		}
		return true
	})
	return names
}

func TestGoroutinesStartInNamedFiles(t *testing.T) {
	found := make(map[string]bool)
	for _, f := range goFiles(t) {
		if f.isTest() {
			continue
		}
		ast.Inspect(f.syn, func(n ast.Node) bool {
			if g, ok := n.(*ast.GoStmt); ok {
				found[f.path] = true
				if !slices.Contains(concurrent, f.path) {
					t.Errorf("%v: only %v start goroutines", f.set.Position(g.Pos()), concurrent)
				}
			}
			return true
		})
	}
	for _, name := range concurrent {
		require.True(t, found[name], "%s starts no goroutine: take it off the list", name)
	}
}

func TestUnsafeInNamedFiles(t *testing.T) {
	found := make(map[string]bool)
	for _, f := range goFiles(t) {
		for _, spec := range f.syn.Imports {
			if spec.Path.Value == `"unsafe"` && !f.isTest() {
				found[f.path] = true
				if !slices.Contains(unsafely, f.path) {
					t.Errorf("%s imports unsafe; only %v do", f.path, unsafely)
				}
			}
		}
	}
	for _, name := range unsafely {
		require.True(t, found[name], "%s does not import unsafe: take it off the list", name)
	}
}

func TestCgoInNamedFiles(t *testing.T) {
	found := make(map[string]bool)
	for _, f := range goFiles(t) {
		for _, spec := range f.syn.Imports {
			if spec.Path.Value != `"C"` {
				continue
			}
			found[f.path] = true
			tag, allowed := calling[f.path]
			if !allowed {
				t.Errorf("%s uses cgo; only %v do", f.path, slices.Collect(maps.Keys(calling)))
				continue
			}
			content, err := os.ReadFile(f.path)
			require.NoError(t, err)
			require.True(t, strings.HasPrefix(string(content), tag), "%s uses cgo in ordinary builds: it begins with %s", f.path, tag)
		}
	}
	for name := range calling {
		require.True(t, found[name], "%s does not use cgo: take it off the list", name)
	}
}

func TestNames(t *testing.T) {
	vague := []string{"util", "utils", "common", "helper", "helpers", "misc"}
	for _, f := range goFiles(t) {
		base := strings.TrimSuffix(strings.TrimSuffix(path.Base(f.path), ".go"), "_test")
		for _, name := range []string{base, path.Base(f.dir()), f.syn.Name.Name} {
			require.NotContains(t, vague, name, "%s: a name says what is inside", f.path)
		}
	}
}

// outside matches paths into the folders of some machine.
var outside = regexp.MustCompile(`(^|[\s"'=(` + "`" + `])/(work|home|root|Users|tmp)/\w`)

func TestNoPathsOutsideTheModule(t *testing.T) {
	texts(t, func(name string, content []byte) {
		for i, line := range strings.Split(string(content), "\n") {
			if outside.MatchString(line) {
				t.Errorf("%s:%d refers to a path outside of the module: %s", name, i+1, strings.TrimSpace(line))
			}
		}
	})
}
