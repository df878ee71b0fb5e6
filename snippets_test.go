//go:build unix

package gabion_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	comingFromPython = "docs/coming-from-python.md"
	parallelism      = "docs/parallelism.md"
)

// snippetImports are the packages that snippets may use. The program imports
// those whose names stand before a dot in a snippet.
var snippetImports = []string{
	"bufio", "bytes", "context", "errors", "fmt", "io", "log", "maps", "math", "os", "slices", "strconv", "strings", "sync", "time",
	"gabion/array", "gabion/array/expr", "gabion/block", "gabion/dtype", "gabion/io/npy", "gabion/io/zarr", "gabion/scheduler", "gabion/scheduler/progress",
}

// snippet is a block of code of a page.
type snippet struct {
	section, language string
	text              string
	line              int // of the page, where the text begins
}

// snippets are the blocks of code of a page, in their order.
func snippets(t *testing.T, page string) []snippet {
	t.Helper()
	content, err := os.ReadFile(page)
	require.NoError(t, err)
	var found []snippet
	section, inside := "", false
	for i, line := range strings.SplitAfter(string(content), "\n") {
		language, fence := strings.CutPrefix(strings.TrimSpace(line), "```")
		switch {
		case fence && inside:
			require.Empty(t, language, "%s:%d: a block begins inside of another", page, i+1)
			inside = false
		case fence:
			inside = true
			found = append(found, snippet{section: section, language: language, line: i + 2})
		case inside:
			found[len(found)-1].text += line
		case strings.HasPrefix(line, "#"):
			section = strings.TrimSpace(strings.TrimLeft(line, "#"))
		}
	}
	require.False(t, inside, "%s: the last block does not end", page)
	return found
}

// promise is what a comment at the end of the snippet says that it prints, as in
// the examples of go test: after "Output:", on the same line or those below.
func (s snippet) promise(t *testing.T, comment string) string {
	t.Helper()
	_, after, found := strings.Cut(s.text, "\n"+comment+" Output:")
	require.True(t, found, "%q, line %d: the block does not say what it prints", s.section, s.line)
	lines := strings.Split(strings.TrimSuffix(after, "\n"), "\n")
	for i, line := range lines[1:] {
		rest, isComment := strings.CutPrefix(line, comment)
		require.True(t, isComment, "%q, line %d: there is something after the output: %s", s.section, s.line, line)
		lines[i+1] = strings.TrimPrefix(rest, " ")
	}
	lines[0] = strings.TrimPrefix(lines[0], " ")
	promised := printed(strings.Join(lines, "\n"))
	require.NotEmpty(t, promised, "%q, line %d: the promised output is empty", s.section, s.line)
	return promised
}

// printed is text without spaces at the ends of lines and empty lines around it.
func printed(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " \t\r")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// TestSnippetsArePairs holds every section with code to one block of Python and
// one of Go after it, each with what it prints, and says how many there are at
// least.
func TestSnippetsArePairs(t *testing.T) {
	all := snippets(t, comingFromPython)
	require.GreaterOrEqual(t, len(all), 2*38, "snippets are missing")
	require.Zero(t, len(all)%2, "a snippet has no partner")
	for i := 0; i < len(all); i += 2 {
		python, goBlock := all[i], all[i+1]
		require.Equal(t, "python", python.language, "%q, line %d", python.section, python.line)
		require.Equal(t, "go", goBlock.language, "%q, line %d", goBlock.section, goBlock.line)
		require.Equal(t, python.section, goBlock.section, "line %d: the snippets of a pair are in one section", goBlock.line)
		python.promise(t, "#")
		goBlock.promise(t, "//")
		formatted, err := format.Source([]byte(goBlock.text))
		require.NoError(t, err, "%q, line %d", goBlock.section, goBlock.line)
		require.Equal(t, string(formatted), goBlock.text, "%q, line %d: not as gofmt writes it", goBlock.section, goBlock.line)
	}
}

// snippetProgram is a program that runs the Go snippets one after the other,
// with mark and a new line before the output of each.
func snippetProgram(t *testing.T, page string, all []snippet, mark string) string {
	t.Helper()
	var body strings.Builder
	for i, s := range all {
		fmt.Fprintf(&body, "func snippet%d(ctx context.Context) error {\n//line %s:%d\n%s\nreturn nil\n}\n\n", i, page, s.line, s.text)
	}
	body.WriteString("func main() {\nfor _, f := range []func(context.Context) error{")
	for i := range all {
		fmt.Fprintf(&body, "snippet%d, ", i)
	}
	fmt.Fprintf(&body, "} {\nfmt.Println(%q)\nif err := f(context.Background()); err != nil {\nfmt.Println(\"error:\", err)\n}\n}\n}\n", mark)

	syn, err := parser.ParseFile(token.NewFileSet(), "", "package main\n"+body.String(), parser.SkipObjectResolution)
	require.NoError(t, err)
	used := make(map[string]bool)
	ast.Inspect(syn, func(n ast.Node) bool {
		if selector, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := selector.X.(*ast.Ident); ok {
				used[x.Name] = true
			}
		}
		return true
	})
	var head strings.Builder
	head.WriteString("package main\n\nimport (\n")
	for _, name := range snippetImports {
		if used[path.Base(name)] {
			fmt.Fprintf(&head, "%q\n", name)
		}
	}
	head.WriteString(")\n\n")
	return head.String() + body.String()
}

// TestGoSnippets makes one program of the page's Go snippets, in a module of its
// own, and compares what each of them prints with what the page promises.
func TestGoSnippets(t *testing.T) {
	var all []snippet
	for _, s := range snippets(t, comingFromPython) {
		if s.language == "go" {
			all = append(all, s)
		}
	}
	const mark = "=== the next snippet ==="
	top, err := filepath.Abs(".")
	require.NoError(t, err)
	folder := t.TempDir()
	program := snippetProgram(t, filepath.Join(top, comingFromPython), all, mark)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "main.go"), []byte(program), 0o600))
	sums, err := os.ReadFile("go.sum") // the checksums are known, so that tests need no network
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "go.sum"), sums, 0o600))
	shell(t, folder, "go mod init example.com/snippets; go mod edit -require gabion@v0.0.0 -replace gabion='"+top+"'; go mod tidy; go build -o program .")

	run := exec.Command(filepath.Join(folder, "program"))
	run.Dir = t.TempDir()
	var stderr bytes.Buffer // progress goes there
	run.Stderr = &stderr
	out, err := run.Output()
	require.NoError(t, err, "%s%s", out, &stderr)
	said := strings.Split(string(out), mark+"\n")
	require.Len(t, said, 1+len(all))
	for i, s := range all {
		t.Run(s.section, func(t *testing.T) {
			require.Equal(t, s.promise(t, "//"), printed(said[i+1]), "line %d of %s", s.line, comingFromPython)
		})
	}
}

// TestPagesNameWhatExists finds every name of this module, such as
// scheduler.Map, that the pages have in their prose.
func TestPagesNameWhatExists(t *testing.T) {
	exported := make(map[string]bool)
	for _, f := range goFiles(t) {
		if f.isTest() {
			continue
		}
		for _, d := range f.syn.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				exported[f.syn.Name.Name+"."+d.Name.Name] = d.Recv == nil || exported[f.syn.Name.Name+"."+d.Name.Name]
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch spec := spec.(type) {
					case *ast.TypeSpec:
						exported[f.syn.Name.Name+"."+spec.Name.Name] = true
					case *ast.ValueSpec:
						for _, name := range spec.Names {
							exported[f.syn.Name.Name+"."+name.Name] = true
						}
					}
				}
			}
		}
	}
	packages := regexp.MustCompile(`\b(array|block|dtype|expr|npy|progress|scheduler|zarr)\.([A-Z]\w*)`)
	for _, page := range []string{comingFromPython, parallelism} {
		content, err := os.ReadFile(page)
		require.NoError(t, err)
		named := packages.FindAllString(string(content), -1)
		require.NotEmpty(t, named)
		for _, name := range named {
			if !exported[name] {
				t.Errorf("%s: there is no %s", page, name)
			}
		}
	}
}

// TestAmdahlTable computes the table of docs/parallelism.md.
func TestAmdahlTable(t *testing.T) {
	content, err := os.ReadFile(parallelism)
	require.NoError(t, err)
	rows := regexp.MustCompile(`(?m)^\| (\d+) % \| (.*) \|$`).FindAllStringSubmatch(string(content), -1)
	require.Len(t, rows, 5)
	for _, row := range rows {
		percent, err := strconv.ParseFloat(row[1], 64)
		require.NoError(t, err)
		serial := percent / 100
		speedup := func(cpus float64) float64 { return 1 / (serial + (1-serial)/cpus) }
		expected := fmt.Sprintf("%.1f | %.1f | %.1f | %.0f", speedup(2), speedup(8), speedup(64), 1/serial)
		require.Equal(t, expected, row[2], "a serial part of %s %%", row[1])
	}
}

// TestPagesNameTestsThatExist finds the tests that docs/parallelism.md names.
func TestPagesNameTestsThatExist(t *testing.T) {
	defined := make(map[string]bool)
	for _, f := range goFiles(t) {
		for _, d := range f.syn.Decls {
			if f, isFunc := d.(*ast.FuncDecl); isFunc {
				defined[f.Name.Name] = true
			}
		}
	}
	content, err := os.ReadFile(parallelism)
	require.NoError(t, err)
	named := regexp.MustCompile(`\bTest[A-Z]\w*`).FindAllString(string(content), -1)
	require.NotEmpty(t, named)
	for _, name := range named {
		if !defined[name] {
			t.Errorf("%s: there is no %s", parallelism, name)
		}
	}
}
