//go:build unix

package gabion_test

import (
	"go/ast"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const winds = "examples/data/monthly_navy_winds.nc"

// blocks are the blocks of code of a language in the README, in their order.
func blocks(t *testing.T, language string) []string {
	t.Helper()
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	var found []string
	for _, match := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllSubmatch(text, -1) {
		found = append(found, string(match[1]))
	}
	require.NotEmpty(t, found, "the README has no blocks of %s", language)
	return found
}

// codeBlock is the one block of a language that contains text.
func codeBlock(t *testing.T, language, text string) string {
	t.Helper()
	var found []string
	for _, b := range blocks(t, language) {
		if strings.Contains(b, text) {
			found = append(found, b)
		}
	}
	require.Len(t, found, 1, "blocks of %s with %s", language, text)
	return found[0]
}

// shell runs a script in a folder and gives what it writes.
func shell(t *testing.T, folder, script string) string {
	t.Helper()
	cmd := exec.Command("sh", "-euc", script)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s\n%s", script, out)
	return string(out)
}

func TestReadmeCommand(t *testing.T) {
	command := strings.TrimSpace(codeBlock(t, "sh", "gabion eval"))
	promised := strings.TrimSpace(codeBlock(t, "text", "wrote "))
	require.Equal(t, 1, strings.Count(command, " anomaly.zarr"))
	out := filepath.Join(t.TempDir(), "anomaly.zarr")

	said := shell(t, ".", strings.Replace(command, "anomaly.zarr", "'"+out+"'", 1))
	promised, _, _ = strings.Cut(promised, " in 0.") // how long it takes is not promised
	require.Contains(t, strings.ReplaceAll(said, out, "anomaly.zarr"), promised)

	info := regexp.MustCompile("`(go run ./cmd/gabion info anomaly.zarr)`").FindStringSubmatch(readme(t))
	require.NotNil(t, info)
	said = shell(t, ".", strings.Replace(info[1], "anomaly.zarr", "'"+out+"'", 1))
	require.Contains(t, said, "(TIME 132, FNOCY 73, FNOCX 144)")
}

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	return string(text)
}

// TestReadmeProgram makes a module that uses this one, in both ways that the
// README names, and runs the README's program there.
func TestReadmeProgram(t *testing.T) {
	top, err := filepath.Abs(".")
	require.NoError(t, err)
	program := codeBlock(t, "go", "package main")
	for name, text := range map[string]string{"workspace": "go work init", "replace": "-replace"} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			require.NoError(t, os.MkdirAll(filepath.Join(folder, filepath.Dir(winds)), 0o700))
			require.NoError(t, os.Symlink(filepath.Join(top, winds), filepath.Join(folder, winds)))
			require.NoError(t, os.WriteFile(filepath.Join(folder, "main.go"), []byte(program), 0o600))

			// The checksums are known, so that tests need no network.
			sums, err := os.ReadFile("go.sum")
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join(folder, "go.sum"), sums, 0o600))
			shell(t, folder, "go mod init example.com/mine")
			script := codeBlock(t, "sh", text)
			require.Contains(t, script, "../gabion")
			shell(t, folder, strings.ReplaceAll(script, "../gabion", "'"+top+"'")) // where it is, so that what was built is used
			said := shell(t, folder, "go run .")
			require.Contains(t, said, "Array(float32, shape (132, 73, 144), ")
			require.Contains(t, said, "3 values of the first month along the equator")
			require.FileExists(t, filepath.Join(folder, "anomaly.zarr", "zarr.json"))
		})
	}
}

// TestLinks follows the links from one file of documentation to another.
func TestLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)
	code := regexp.MustCompile("(?ms)^```.*?^```$") // a call of a generic function looks like a link
	texts(t, func(name string, content []byte) {
		if filepath.Ext(name) != ".md" {
			return
		}
		for _, match := range link.FindAllSubmatch(code.ReplaceAll(content, nil), -1) {
			_, err := os.Stat(filepath.Join(filepath.Dir(name), string(match[1])))
			require.NoError(t, err, "%s links to %s", name, match[1])
		}
	})
}

// TestInvariantsNameTheirTests finds the tests that docs/architecture.md names.
func TestInvariantsNameTheirTests(t *testing.T) {
	defined := make(map[string]bool)
	for _, f := range goFiles(t) {
		dir := f.dir()
		for _, d := range f.syn.Decls {
			if f, isFunc := d.(*ast.FuncDecl); isFunc {
				defined[dir+" "+f.Name.Name] = true
			}
		}
	}
	text, err := os.ReadFile("docs/architecture.md")
	require.NoError(t, err)
	named := 0
	for _, row := range regexp.MustCompile(`(?m)^\| [BGPSW]\d .*$`).FindAllString(string(text), -1) {
		cells := strings.Split(row, "|")
		for _, group := range regexp.MustCompile("`([a-z/]+)`: (Test\\w+(?:, Test\\w+)*)").FindAllStringSubmatch(cells[len(cells)-2], -1) {
			for name := range strings.SplitSeq(group[2], ", ") {
				named++
				if !defined[group[1]+" "+name] {
					t.Errorf("docs/architecture.md: there is no %s in %s", name, group[1])
				}
			}
		}
	}
	require.Greater(t, named, 20)
}
