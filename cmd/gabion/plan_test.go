package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/graph/document"
	"gabion/internal/op"
	"gabion/io/zarr"
)

var update = flag.Bool("update", false, "write docs/operations.md")

// planFile is a file with a document of nodes.
func planFile(t *testing.T, outputs string, nodes ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "plan.json")
	text := fmt.Sprintf(`{"v": 1, "verb": "compute", "outputs": [%s], "nodes": [%s]}`, outputs, strings.Join(nodes, ",\n"))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
	return path
}

const (
	readWinds = `{"op": "read", "kw": {"uri": "` + winds + `", "name": "UWND"}}`
	meanOf0   = `{"op": "mean", "in": [0], "args": [{"in": 0}, ["TIME"]]}`
)

func writeOf(node int, path, more string) string {
	return fmt.Sprintf(`{"op": "write", "in": [%d], "args": [{"in": 0}], "kw": {"uri": %q%s}}`, node, path, more)
}

// TestRunPlan is the command's job from a document: the same store as eval makes.
func TestRunPlan(t *testing.T) {
	dir := t.TempDir()
	path, expected := filepath.Join(dir, "anomaly.zarr"), filepath.Join(dir, "expected.zarr")
	plan := planFile(t, "", readWinds, meanOf0, `{"op": "subtract", "in": [0, 1], "args": [{"in": 0}, {"in": 1}]}`, writeOf(2, path, ""))
	status, stdout, stderr := gabion("run", plan, "--memory", "64MiB", "--workers", "2")
	require.Equal(t, succeeded, status, stderr)
	require.Regexp(t, `^wrote \S+anomaly\.zarr: float32 \(132, 73, 144\) in chunks of \(.*\), 5\.3MiB in \d+\.\ds\n$`, stdout)
	require.Regexp(t, `100 %  .* MiB in \d+\.\ds`, stderr)
	works(t, "eval", `UWND - mean(UWND, "TIME")`, "--in", winds, "--out", expected, "--quiet")
	require.Equal(t, values[float32](t, expected, ""), values[float32](t, path, ""))
	array, err := zarr.Open(path)
	require.NoError(t, err)
	require.Equal(t, []string{"TIME", "FNOCY", "FNOCX"}, array.Describe().Names)

	message := refused(t, failed, "run", plan)
	require.Contains(t, message, "add --overwrite to replace it")
	works(t, "run", plan, "--overwrite", "--quiet")
	works(t, "run", planFile(t, "", readWinds, writeOf(0, path, `, "overwrite": {"weak": "bool", "v": true}, "format": "zarr"`)), "--quiet")
	require.Equal(t, values[float32](t, winds, "UWND"), values[float32](t, path, ""))

	_, err = zarr.CreateGroup(filepath.Join(dir, "group.zarr"), nil)
	require.NoError(t, err)
	works(t, "run", planFile(t, "", readWinds, meanOf0, writeOf(1, filepath.Join(dir, "group.zarr"), `, "name": "mean"`)))
	require.Len(t, values[float32](t, filepath.Join(dir, "group.zarr"), "mean"), 73*144)
}

// TestRunNames: an array of a name is in a group, which is made, or in an archive.
func TestRunNames(t *testing.T) {
	dir := t.TempDir()
	count := `{"op": "arange", "args": [{"weak": "int", "v": "3"}]}`
	group, archive := filepath.Join(dir, "new.zarr"), filepath.Join(dir, "new.npz")
	works(t, "run", planFile(t, "", count, writeOf(0, group, `, "name": "a"`), writeOf(0, group, `, "name": "b"`)))
	works(t, "run", planFile(t, "", count, writeOf(0, group, `, "name": "c"`)))
	for _, name := range []string{"a", "b", "c"} {
		require.Equal(t, []int64{0, 1, 2}, values[int64](t, group, name))
	}
	works(t, "run", planFile(t, "", count, writeOf(0, archive, `, "name": "a"`)))
	require.Equal(t, []int64{0, 1, 2}, values[int64](t, archive, "a"))

	for _, name := range []string{"../out", "/out", "a/b", ".", "zarr.json", "a\\\\b"} {
		refused(t, failed, "run", planFile(t, "", count, writeOf(0, filepath.Join(dir, "bad.zarr"), `, "name": "`+name+`"`)))
	}
	require.NoDirExists(t, filepath.Join(dir, "bad.zarr"))
	require.NoDirExists(t, filepath.Join(dir, "out"))
	// What fails leaves no group, unless it was there.
	for place, remains := range map[string]bool{group: true, filepath.Join(dir, "fails.zarr"): false} {
		refused(t, failed, "run", planFile(t, "", `{"op": "full", "args": [[{"weak": "int", "v": "3"}], {"weak": "float", "v": "nan"}]}`,
			`{"op": "nanargmax", "in": [0], "args": [{"in": 0}]}`, writeOf(1, place, `, "name": "d"`)))
		_, err := os.Stat(place)
		require.Equal(t, remains, err == nil, place)
	}
	message := refused(t, failed, "run", planFile(t, "", count, writeOf(0, filepath.Join(dir, "a.npy"), `, "name": "a"`)))
	require.Contains(t, message, `a .npy file holds one array and no names; leave "a" out, or write a .npz archive`)
	message = refused(t, wrongUsage, "run", planFile(t, "", count, writeOf(0, filepath.Join(dir, "two.npz"), `, "name": "a"`), writeOf(0, filepath.Join(dir, "two.npz"), `, "name": "b"`)))
	require.Contains(t, message, "an earlier node writes to")
	message = refused(t, failed, "run", planFile(t, "", count, writeOf(0, archive, `, "name": "b"`)))
	require.Contains(t, message, "add --overwrite")
}

// TestRunFormats: what a write calls a format a read calls so too.
func TestRunFormats(t *testing.T) {
	dir := t.TempDir()
	for format, name := range map[string]string{"zarr": "a.zarr", "npy": "a.npy", "npz": "a.npz"} {
		path := filepath.Join(dir, name)
		more := fmt.Sprintf(`, "format": %q`, format)
		works(t, "run", planFile(t, "", `{"op": "arange", "args": [{"weak": "int", "v": "3"}]}`, writeOf(0, path, more)))
		require.Equal(t, "[0 1 2]\n", works(t, "run", planFile(t, "0", fmt.Sprintf(`{"op": "read", "kw": {"uri": %q%s}}`, path, more))), format)
	}
	works(t, "run", planFile(t, "0", `{"op": "read", "kw": {"uri": "`+winds+`", "name": "UWND", "format": "netcdf"}}`))
}

// TestRunPrints: outputs that are no writes are printed, in their order.
func TestRunPrints(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.zarr")
	plan := planFile(t, "2, 0, 1", `{"op": "arange", "args": [{"weak": "int", "v": "3"}]}`, writeOf(0, path, ""),
		`{"op": "sum", "in": [1], "args": [{"in": 0}]}`)
	require.Regexp(t, `^wrote .*\n3\n\[0 1 2\]\n$`, works(t, "run", plan))
	require.Equal(t, "3\n[0 1 2]\n", works(t, "run", plan, "--quiet", "--overwrite"))

	text, err := os.ReadFile(plan)
	require.NoError(t, err)
	var out, errs bytes.Buffer
	require.Equal(t, succeeded, run(context.Background(), []string{"run", "-", "--overwrite"}, streams{in: bytes.NewReader(text), out: &out, err: &errs}), errs.String())
	require.Contains(t, out.String(), "\n3\n[0 1 2]\n")

	meta := bytes.Replace(text, []byte("compute"), []byte("meta"), 1)
	require.NoError(t, os.WriteFile(plan, meta, 0o666))
	require.NoError(t, os.RemoveAll(path))
	require.Equal(t, "int64 ()\nint64 (3,)\nint64 (3,)\n", works(t, "run", plan))
	require.NoDirExists(t, path)
}

func TestRunExplain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.zarr")
	text := works(t, "run", planFile(t, "1", readWinds, meanOf0, writeOf(1, path, "")), "--explain", "--memory", "32MiB")
	require.Contains(t, text, "reads "+winds+":UWND once")
	require.Contains(t, text, "a budget of 32MiB")
	require.NoDirExists(t, path)

	message := refused(t, failed, "run", planFile(t, "", readWinds, writeOf(0, path, "")), "--memory", "16KiB")
	require.Regexp(t, `read \(at node 0\) works on blocks .*: run it with --memory `, message)
	require.NoDirExists(t, path)

	works(t, "run", planFile(t, "1", readWinds, meanOf0, writeOf(0, path, "")), "--memory", "1MiB")
	require.Equal(t, values[float32](t, winds, "UWND"), values[float32](t, path, ""), "in smaller blocks")
}

// TestBadPlans: each says what to change, and leaves nothing.
func TestBadPlans(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out.zarr")
	file := filepath.Join(t.TempDir(), "bad.json")
	require.NoError(t, os.WriteFile(file, []byte(`{"v": 1`), 0o666))
	for _, c := range []struct {
		status int
		want   string
		args   []string
	}{
		{wrongUsage, `expected "<PLAN>"`, []string{"run"}},
		{failed, "missing.json: no such file", []string{"run", "missing.json"}},
		{wrongUsage, "bad.json: document: this is not JSON: unexpected end of JSON input (at the top)", []string{"run", file}},
		{wrongUsage, "--memory: \"lots\" is not a size", []string{"run", file, "--memory", "lots"}},
		{wrongUsage, "nothing is asked for", []string{"run", planFile(t, "", readWinds)}},
		{wrongUsage, "no elements come with this document: use a read (at node 0)", []string{"run", planFile(t, "0", `{"op": "input", "dtype": "int8", "shape": [2], "nbytes": 2}`)}},
		{wrongUsage, "frobnicate: there is no such operation (at node 1)", []string{"run", planFile(t, "1", readWinds, `{"op": "frobnicate"}`)}},
		{wrongUsage, `mean: axis: no single axis is called "T"; the axes are "TIME", "FNOCY", "FNOCX" (at node 1)`, []string{"run", planFile(t, "1", readWinds, `{"op": "mean", "in": [0], "args": [{"in": 0}, "T"]}`)}},
		{failed, "(at node 0)", []string{"run", planFile(t, "0", `{"op": "read", "kw": {"uri": "missing.nc"}}`)}},
		{failed, "is netCDF classic, not zarr: leave the format out, or write netcdf (at node 0)", []string{"run", planFile(t, "0", `{"op": "read", "kw": {"uri": "`+winds+`", "format": "zarr"}}`)}},
		{failed, "hdf5 is not written; zarr, npy and npz are (at node 1)", []string{"run", planFile(t, "", readWinds, writeOf(0, out, `, "format": "hdf5"`))}},
		{failed, "s3://x/y.zarr: this is an address; only local files and folders are read and written so far (at node 1)", []string{"run", planFile(t, "", readWinds, writeOf(0, "s3://x/y.zarr", `, "format": "zarr"`))}},
		{wrongUsage, "--out s3://x/y.zarr: this is an address", []string{"eval", "1", "--out", "s3://x/y.zarr"}},
		{wrongUsage, "--out file:///x/y.zarr: this is an address; write the path alone: /x/y.zarr", []string{"eval", "1", "--out", "file:///x/y.zarr"}},
		{failed, "write: zarr: creating " + file + "/x.zarr: ", []string{"run", planFile(t, "", readWinds, writeOf(0, file+"/x.zarr", ""))}},
		{failed, "files ending in .nc are not written", []string{"run", planFile(t, "", readWinds, writeOf(0, "out.nc", ""))}},
		{wrongUsage, "an earlier node writes to", []string{"run", planFile(t, "", readWinds, writeOf(0, out, ""), writeOf(0, out, ""))}},
	} {
		require.Contains(t, refused(t, c.status, c.args...), c.want, "%q", c.args)
		require.NoDirExists(t, out)
	}
}

func TestRunInterrupted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.zarr")
	plan := planFile(t, "", readWinds, meanOf0, `{"op": "subtract", "in": [0, 1], "args": [{"in": 0}, {"in": 1}]}`, writeOf(2, path, ""))
	for n := range int64(6) {
		ctx, cancel := context.WithCancel(context.Background())
		c := &expiring{Context: ctx, cancel: cancel}
		c.left.Store(n)
		var out, errs bytes.Buffer
		status := run(c, []string{"run", plan}, streams{out: &out, err: &errs})
		cancel()
		require.Equal(t, failed, status, errs.String())
		require.Contains(t, errs.String(), "gabion: interrupted; nothing was written\n")
		require.NoDirExists(t, path)
	}
}

// TestPageOfDocuments runs the examples of docs/plan-document.md.
func TestPageOfDocuments(t *testing.T) {
	page, err := os.ReadFile("../../docs/plan-document.md")
	require.NoError(t, err)
	examples := regexp.MustCompile("(?s)```json\n(.*?)```").FindAllSubmatch(page, -1)
	require.Len(t, examples, 2)
	doc, err := document.Decode(examples[0][1])
	require.NoError(t, err)
	require.Len(t, doc.Nodes, 3)

	path := filepath.Join(t.TempDir(), "mean.zarr")
	text := strings.NewReplacer("examples/data/monthly_navy_winds.nc", winds, "mean.zarr", path).Replace(string(examples[1][1]))
	var out, errs bytes.Buffer
	require.Equal(t, succeeded, run(context.Background(), []string{"run", "-"}, streams{in: strings.NewReader(text), out: &out, err: &errs}), errs.String())
	require.Len(t, values[float32](t, path, ""), 73*144)
}

// TestPageOfOperations: docs/operations.md is what the table says.
func TestPageOfOperations(t *testing.T) {
	const path = "../../docs/operations.md"
	got := works(t, "ops", "--markdown")
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o666))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got, "go test ./cmd/gabion -update writes the page")
	for _, row := range op.Public() {
		require.Contains(t, got, "| `"+row.Call()+"` |")
	}
}

func TestOps(t *testing.T) {
	table := works(t, "ops")
	require.Regexp(t, `(?m)^sum\(x, axis=…, dtype=…, keepdims=…\) +reduction +the sum$`, table)
	require.Regexp(t, `(?m)^min\(x, axis=…, keepdims=…\) +reduction +amin +the least`, table)

	var list []operation
	require.NoError(t, json.Unmarshal([]byte(works(t, "ops", "--json")), &list))
	require.Len(t, list, len(op.Public()))
	byName := map[op.Name]operation{}
	for _, o := range list {
		byName[o.Name] = o
	}
	require.Equal(t, []parameter{
		{"x", "array or number", false, ""}, {"axis", "integer or list of integers", true, ""}, {"correction", "number", true, "ddof"}, {"keepdims", "bool", true, ""},
	}, byName["var"].Params)
	require.Equal(t, 2, byName["divmod"].Results)
	require.Equal(t, []string{"power"}, byName["pow"].NumPy)
	require.Contains(t, refused(t, wrongUsage, "ops", "--json", "--markdown"), "--markdown")
}
