package main

import (
	"bytes"
	"context"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"gabion/block"
	"gabion/dtype"
	"gabion/io/open"
	"gabion/io/zarr"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const winds = "../../examples/data/monthly_navy_winds.nc"

// gabion runs the command.
func gabion(args ...string) (status int, stdout, stderr string) {
	var out, err bytes.Buffer
	status = run(context.Background(), args, streams{out: &out, err: &err})
	return status, out.String(), err.String()
}

// works runs the command, which must succeed, and gives what it prints.
func works(t *testing.T, args ...string) string {
	t.Helper()
	status, stdout, stderr := gabion(args...)
	require.Equal(t, succeeded, status, "%q: %s", args, stderr)
	return stdout
}

// refused runs the command, which must not succeed and print no result, and
// gives the error.
func refused(t *testing.T, want int, args ...string) string {
	t.Helper()
	status, stdout, stderr := gabion(args...)
	require.Equal(t, want, status, "%q: %s", args, stderr)
	require.Empty(t, stdout)
	require.Regexp(t, `(?m)^gabion: `, stderr)
	lines := strings.Split(strings.TrimSuffix(stderr, "\n"), "\n")
	require.LessOrEqual(t, len(lines), 4, "the error is short: %s", stderr)
	return stderr
}

func values[T dtype.Element](t *testing.T, path, variable string) []T {
	t.Helper()
	source, err := open.Open(path, variable)
	require.NoError(t, err)
	shape := source.Describe().Shape()
	data := make([]T, shape.Elements())
	b, err := block.OfSlice(data, shape)
	require.NoError(t, err)
	region := block.Whole(shape)
	require.NoError(t, source.Read(context.Background(), region, b, block.NewScratch(source.Scratch(region))))
	return data
}

// TestMainJob is the job of the README: the store is right, and has names and
// attributes.
func TestMainJob(t *testing.T) {
	path := filepath.Join(t.TempDir(), "anomaly.zarr")
	status, stdout, stderr := gabion("eval", `UWND - mean(UWND, "TIME")`, "--in", winds, "--out", path, "--memory", "64MiB")
	require.Equal(t, succeeded, status, stderr)
	require.Regexp(t, `^wrote \S+anomaly\.zarr: float32 \(132, 73, 144\) in chunks of \(.*\), 5\.3MiB in \d+\.\ds\n$`, stdout)
	require.Regexp(t, `100 %  .* MiB in \d+\.\ds`, stderr)
	require.NotContains(t, stderr, "\x1b")

	got, wind := values[float32](t, path, ""), values[float32](t, winds, "UWND")
	const months, cells = 132, 73 * 144
	for cell := range cells {
		sum := 0.0
		for month := range months {
			sum += float64(wind[month*cells+cell])
		}
		for month := range months {
			i := month*cells + cell
			if want := float64(wind[i]) - sum/months; math.Abs(float64(got[i])-want) > 1e-6*max(1, math.Abs(want)) {
				t.Fatalf("element %d is %v, want %v", i, got[i], want)
			}
		}
	}
	array, err := zarr.Open(path)
	require.NoError(t, err)
	d := array.Describe()
	require.Equal(t, []string{"TIME", "FNOCY", "FNOCX"}, d.Names)
	require.Equal(t, "M/S", d.Attrs["units"])
	require.Equal(t, "From monthly_navy_winds\nsubtract(x, y)", d.Attrs["history"])
}

func TestPrinting(t *testing.T) {
	for text, want := range map[string]string{
		"1 + 1":                             "2\n",
		"mean(sqrt(UWND*UWND + VWND*VWND))": "4.3851933\n",
		`all(slice(x, "::66, 0") == slice(UWND[0:132:66], ":, 0"))`: "True\n",
		"x[131][72][3] == UWND[-1][-1][3]":                          "True\n",
		"-1":                                                        "-1\n",
		"arange(3)":                                                 "[0 1 2]\n",
		"sum(isnan(UWND)) + sum(x == UWND) % 2.5":                   "1.5\n",
	} {
		require.Equal(t, want, works(t, "eval", text, "--in", winds, "--in", "x="+winds+":UWND"), text)
	}
	long := works(t, "eval", "UWND", "--in", winds, "--quiet")
	require.Contains(t, long, "...")
	require.Less(t, len(long), 10_000, "shortened")
	require.True(t, strings.HasPrefix(works(t, "eval", "-UWND", "--in", winds), "[[["), "an expression may begin with a minus sign")
}

func TestQuiet(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.zarr")
	status, stdout, stderr := gabion("eval", "UWND", "--in", winds, "--out", path, "--quiet")
	require.Equal(t, succeeded, status)
	require.Empty(t, stdout+stderr)
	require.Len(t, values[float32](t, path, ""), 132*73*144)
}

func TestExplain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.zarr")
	text := works(t, "eval", "mean(UWND*UWND, 0)", "--in", winds, "--out", path, "--explain", "--memory", "32MiB", "--workers", "3")
	require.Contains(t, text, "reads "+winds+":UWND once")
	require.Contains(t, text, "a budget of 32MiB")
	require.Contains(t, text, "on 3 workers")
	require.NoFileExists(t, path)

	status, stdout, stderr := gabion("eval", "UWND + VWND", "--in", winds, "--explain", "--memory", "16KiB")
	require.Equal(t, failed, status)
	require.Contains(t, stdout, "memory: at least", "what is too large is explained too")
	require.Contains(t, stderr, "run it with --memory ")
}

func TestChunks(t *testing.T) {
	dir := t.TempDir()
	for text, want := range map[string]block.Shape{
		"12,73,-1": {12, 73, 144}, "-1, 10, 10": {132, 10, 10}, "TIME=1": {1, 73, 144}, "-1,auto,144": {132, 73, 144}, "50": {50, 50, 50},
	} {
		path := filepath.Join(dir, "out.zarr")
		stdout := works(t, "eval", "UWND", "--in", winds, "--out", path, "--chunks", text, "--overwrite", "--memory", "64MiB")
		require.Contains(t, stdout, "in chunks of "+want.String())
		array, err := zarr.Open(path)
		require.NoError(t, err)
		require.Equal(t, want, array.Describe().Grid.Largest(), text)
		require.Equal(t, values[float32](t, winds, "UWND"), values[float32](t, path, ""), text)
	}
}

// TestBudget checks that a budget that is too small is refused without a trace,
// naming one that works.
func TestBudget(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.zarr")
	job := []string{"eval", "UWND - mean(UWND, 0)", "--in", winds, "--out", path, "--memory"}
	message := refused(t, failed, append(job, "100KiB")...)
	require.Contains(t, message, "(at expression:8)")
	require.NoFileExists(t, path)
	named := regexp.MustCompile(`: run it with --memory (\S+) or more, or with smaller chunks\n`).FindStringSubmatch(message)
	require.Len(t, named, 2, message)
	works(t, append(job, named[1])...)
	require.DirExists(t, path)
	whole := filepath.Join(t.TempDir(), "whole.zarr")
	works(t, "eval", "UWND - mean(UWND, 0)", "--in", winds, "--out", whole)
	require.Equal(t, values[float32](t, whole, ""), values[float32](t, path, ""), "in smaller blocks")
	kept := []string{"eval", "sum(UWND[UWND > 9.5])", "--in", winds}
	require.Equal(t, works(t, kept...), works(t, append(kept, "--memory", "1MiB")...), "where lengths are counted first")
}

func TestOverwrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.zarr")
	works(t, "eval", "arange(5)", "--out", path)
	message := refused(t, failed, "eval", "arange(6)", "--out", path)
	require.Contains(t, message, "add --overwrite to replace it")
	require.Len(t, values[int64](t, path, ""), 5)
	works(t, "eval", "arange(7)", "--out", path, "--overwrite")
	require.Equal(t, []int64{0, 1, 2, 3, 4, 5, 6}, values[int64](t, path, ""))
	works(t, "eval", "out + 1", "--in", path, "--out", path, "--overwrite")
	require.Equal(t, []int64{1, 2, 3, 4, 5, 6, 7}, values[int64](t, path, ""), "an array may be replaced by what is made of it")
}

// TestNumPyFiles computes from NumPy's files to NumPy's files.
func TestNumPyFiles(t *testing.T) {
	dir := t.TempDir()
	a, y, z := filepath.Join(dir, "a.npy"), filepath.Join(dir, "y.npy"), filepath.Join(dir, "z.npz")
	stdout := works(t, "eval", "reshape(arange(12.0), shape(3, 4))", "--out", a)
	require.Regexp(t, `^wrote \S+a\.npy: float64 \(3, 4\) in chunks of \(3, 4\), 96B in \d+\.\ds\n$`, stdout)
	require.Equal(t, a+": NumPy .npy\n\nvariables\n  a  float64 (3, 4), 96B in chunks of (3, 4)\n", works(t, "info", a))
	works(t, "eval", "a - mean(a, 0)", "--in", a, "--out", y)
	require.Equal(t, []float64{-4, -4, -4, -4, 0, 0, 0, 0, 4, 4, 4, 4}, values[float64](t, y, ""))
	works(t, "eval", "x + y", "--in", "x="+a, "--in", y, "--out", z)
	require.Equal(t, z+": NumPy .npz\n\nvariables\n  arr_0  float64 (3, 4), 96B in chunks of (3, 4)\n", works(t, "info", z))
	require.Equal(t, "66.0\n", works(t, "eval", "sum(arr_0)", "--in", z))
	require.Contains(t, refused(t, failed, "eval", "a", "--in", a, "--out", y), "add --overwrite to replace it")
	require.Contains(t, refused(t, failed, "eval", "a", "--in", a, "--out", y+".npz", "--overwrite", "--in", y+":u"), "it has no variable \"u\"; leave the name out")
	works(t, "eval", "y + 1", "--in", y, "--out", y, "--overwrite")
	require.Equal(t, []float64{-3, -3, -3, -3, 1, 1, 1, 1, 5, 5, 5, 5}, values[float64](t, y, ""))

	const archive = "../../io/npy/testdata/compressed.npz"
	require.Contains(t, works(t, "info", archive), "cannot be read: npy: "+archive+`: array "text": header: descr is "<U1": the elements are strings`)
	require.Equal(t, "True\n", works(t, "eval", "all(u == w)", "--in", archive+":u", "--in", "w=../../io/npy/testdata/f4_big_f.npy"))
	require.Equal(t, "42.5\n", works(t, "eval", "scalar", "--in", archive+":group/scalar"))
}

// write makes a small Zarr array.
func write(t *testing.T, path, expression string) {
	t.Helper()
	works(t, "eval", expression, "--out", path, "--quiet")
}

func TestInputNames(t *testing.T) {
	dir := t.TempDir()
	group := filepath.Join(dir, "group.zarr")
	_, err := zarr.CreateGroup(group, nil)
	require.NoError(t, err)
	write(t, filepath.Join(group, "a"), "full(2, 10)")
	write(t, filepath.Join(group, "2b"), "full(2, 20)")
	single := filepath.Join(dir, "my field-1.zarr")
	write(t, single, "full(2, 30)")
	odd := filepath.Join(dir, "run=1:2.zarr")
	write(t, odd, "full(2, 40)")
	var_ := filepath.Join(dir, "var.zarr")
	write(t, var_, "full(2, 50)")

	for _, c := range []struct {
		text, want string
		in         []string
	}{
		{"a + _2b", "[30 30]\n", []string{group}},
		{"a", "[10 10]\n", []string{group + ":a"}},
		{"_2b", "[20 20]\n", []string{group + ":2b"}},
		{"x - y", "[-10 -10]\n", []string{"x=" + group + ":a", "y=" + group + ":2b"}},
		{"a", "[10 10]\n", []string{filepath.Join(group, "a")}},
		{"my_field_1", "[30 30]\n", []string{single}},
		{"x", "[30 30]\n", []string{"x=" + single}},
		{"run_1_2", "[40 40]\n", []string{odd}},
		{"x", "[40 40]\n", []string{"x=" + odd}},
		{"var - var(var)", "[50. 50.]\n", []string{var_}},
		{"a", "[10 10]\n", []string{group, group + ":a"}},
		{"größe", "[30 30]\n", []string{"größe=" + single}},
	} {
		args := []string{"eval", c.text}
		for _, in := range c.in {
			args = append(args, "--in", in)
		}
		require.Equal(t, c.want, works(t, args...), "%q", c.in)
	}

	other := filepath.Join(dir, "other.zarr")
	_, err = zarr.CreateGroup(other, nil)
	require.NoError(t, err)
	write(t, filepath.Join(other, "a"), "full(2, 60)")
	write(t, filepath.Join(other, "c"), "full(2, 70)")
	require.Equal(t, "[90 90]\n", works(t, "eval", "_2b + c", "--in", group, "--in", other), "only names that are used must differ")
	message := refused(t, wrongUsage, "eval", "a + c", "--in", group, "--in", other)
	require.Contains(t, message, "2 inputs are called a, such as "+group+":a and "+other+":a: name one")
}

func TestParseInput(t *testing.T) {
	for text, want := range map[string]input{
		"no.nc":              {"", "no.nc", ""},
		"no.nc:u":            {"", "no.nc", "u"},
		"x=no.nc":            {"x", "no.nc", ""},
		"x=no.nc:a/b":        {"x", "no.nc", "a/b"},
		`C:\data\no.nc`:      {"", `C:\data\no.nc`, ""},
		`C:/data/no.nc`:      {"", `C:/data/no.nc`, ""},
		`x=C:\data\no.nc:u`:  {"x", `C:\data\no.nc`, "u"},
		"c:u":                {"", "c", "u"},
		"x=a=b.nc":           {"x", "a=b.nc", ""},
		"s3://bucket/x.zarr": {"", "s3://bucket/x.zarr", ""},
		winds:                {"", winds, ""},
		winds + ":UWND":      {"", winds, "UWND"},
		"w=" + winds + ":V":  {"w", winds, "V"},
		"-odd.nc":            {"", "-odd.nc", ""},
	} {
		got, err := parseInput(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "x=", "=no.nc", "2m=no.nc", "a b=no.nc", "no.nc:", "x=no.nc:", ":u"} {
		_, err := parseInput(text)
		require.ErrorAs(t, err, new(usageError), text)
	}
}

// FuzzParseInput checks that whatever is taken names a file, and that nothing of
// the text is lost.
func FuzzParseInput(f *testing.F) {
	for _, text := range []string{winds, "x=" + winds + ":UWND", `x=C:\a.nc:u`, "a:b:c", "=", ":", "x==:", "é=b", "://"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		in, err := parseInput(text)
		if err != nil {
			return
		}
		joined := in.path
		if in.name != "" {
			joined = in.name + "=" + joined
		}
		if in.variable != "" {
			joined += ":" + in.variable
		}
		if in.path == "" || joined != unguarded(text) {
			t.Fatalf("%q is read as %+v", text, in)
		}
		if in.name != "" && !isIdentifier(in.name) {
			t.Fatalf("%q has the name %q", text, in.name)
		}
	})
}

// TestBadInput is the ways of using the command wrongly, and of failing: each
// says what to change, and leaves nothing at the output.
func TestBadInput(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "out.zarr")
	original, err := os.ReadFile(winds)
	require.NoError(t, err)
	file := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, content, 0o666))
		return path
	}
	truncated := file("cut.nc", original[:len(original)/2])
	text := file("text.nc", []byte("not a netCDF file"))
	folder := filepath.Join(dir, "folder")
	require.NoError(t, os.Mkdir(folder, 0o777))
	file("folder/precious.txt", []byte("keep"))
	broken := filepath.Join(dir, "broken.zarr")
	write(t, broken, "arange(1000)")
	chunk := filepath.Join(broken, "c", "0")
	require.NoError(t, os.WriteFile(chunk, []byte("garbage"), 0o666))
	missing := filepath.Join(dir, "missing.nc")

	for _, c := range []struct {
		status int
		want   string
		args   []string
	}{
		{wrongUsage, `expected one of "info", "eval", "run", "serve", "ops"`, nil},
		{wrongUsage, "unexpected argument compute", []string{"compute"}},
		{wrongUsage, "expected \"<FILE>\"", []string{"info"}},
		{wrongUsage, "expected \"<EXPR>\"", []string{"eval", "--in", winds}},
		{wrongUsage, "unexpected argument", []string{"eval", "UWND", "VWND", "--in", winds}},
		{wrongUsage, "unknown flag --memry", []string{"eval", "UWND", "--in", winds, "--memry", "1"}},
		{wrongUsage, "the expression is empty", []string{"eval", "", "--in", winds}},
		{wrongUsage, "the expression is empty", []string{"eval", " ", "--in", winds}},
		{wrongUsage, "\n  UWND +\n        ^\n", []string{"eval", "UWND +", "--in", missing}},
		{wrongUsage, "column 1: no input is called UWMD; did you mean UWND? The inputs are UWND, VWND\n  UWMD\n  ^\n", []string{"eval", "UWMD", "--in", winds}},
		{wrongUsage, "there are no inputs", []string{"eval", "UWND"}},
		{wrongUsage, `no single axis is called "TIM"; the axes are "TIME", "FNOCY", "FNOCX"`, []string{"eval", `mean(UWND, "TIM")`, "--in", winds}},
		{wrongUsage, "do not broadcast", []string{"eval", "UWND + VWND[0:2]", "--in", winds}},
		{wrongUsage, "write x=" + winds + ":UWND, or leave the name out", []string{"eval", "x", "--in", "x=" + winds}},
		{wrongUsage, "no variable follows the colon", []string{"eval", "UWND", "--in", winds + ":"}},
		{wrongUsage, "cannot be a name", []string{"eval", "UWND", "--in", "1=" + winds}},
		{wrongUsage, "--memory: \"lots\" is not a size", []string{"eval", "UWND", "--in", winds, "--memory", "lots"}},
		{wrongUsage, "is not a size", []string{"eval", "UWND", "--in", winds, "--memory", "-1MiB"}},
		{wrongUsage, "--memory: \"10000000TiB\" is too large", []string{"eval", "UWND", "--in", winds, "--memory", "10000000TiB"}},
		{wrongUsage, "--workers", []string{"eval", "UWND", "--in", winds, "--workers", "two"}},
		{wrongUsage, `"-2" is not a number of workers`, []string{"eval", "UWND", "--in", winds, "--workers", "-2"}},
		{wrongUsage, "Workers", []string{"eval", "UWND", "--in", winds, "--workers", "100000000"}},
		{wrongUsage, `"x" is not a length`, []string{"eval", "UWND", "--in", winds, "--out", out, "--chunks", "x"}},
		{wrongUsage, "chunks are given for 2 axes", []string{"eval", "UWND", "--in", winds, "--out", out, "--chunks", "1,2"}},
		{wrongUsage, `no axis is called "T"`, []string{"eval", "UWND", "--in", winds, "--out", out, "--chunks", "T=2"}},
		{wrongUsage, "add --out FILE", []string{"eval", "UWND", "--in", winds, "--chunks", "1"}},
		{wrongUsage, "add --out FILE", []string{"eval", "UWND", "--in", winds, "--overwrite"}},
		{wrongUsage, "use a name such as " + filepath.Join(dir, "out.zarr"), []string{"eval", "UWND", "--in", winds, "--out", filepath.Join(dir, "out.nc")}},

		{failed, missing + ": file does not exist", []string{"info", missing}},
		{failed, missing + ": file does not exist", []string{"eval", "UWND", "--in", missing}},
		{failed, missing + ": file does not exist", []string{"eval", "x", "--in", "x=" + missing + ":UWND"}},
		{failed, missing + ": file does not exist", []string{"eval", "1", "--in", missing}},
		{failed, "cut.nc", []string{"eval", "UWND", "--in", truncated, "--out", out}},
		{failed, "cut.nc", []string{"info", truncated}},
		{failed, "unknown format", []string{"info", text}},
		{failed, `there is no variable "U"; the variables are`, []string{"eval", "U", "--in", winds + ":U"}},
		{failed, `there is no variable "NOPE"; the variables are "FNOCX", "FNOCY", "TIME", "UWND", "VWND"`, []string{"eval", "UWND", "--in", winds + ":NOPE"}},
		{failed, `there is no variable "NOPE"`, []string{"eval", "UWND", "--in", winds, "--in", "x=" + winds + ":NOPE"}},
		{failed, `broken.zarr is one array, it has no variable "foo"; leave the name out`, []string{"eval", "a", "--in", broken + ":foo"}},
		{failed, "(at input broken)", []string{"eval", "broken + 1", "--in", broken, "--out", out}},
		{failed, "(at input x)", []string{"eval", "x", "--in", "x=" + broken}},
		{failed, "broken.zarr", []string{"eval", "broken + 1", "--in", broken, "--out", out}},
		{failed, "an array does not replace it", []string{"eval", "UWND", "--in", winds, "--out", folder}},
		{failed, "an array does not replace it", []string{"eval", "UWND", "--in", winds, "--out", folder, "--overwrite"}},
		{failed, "text.nc", []string{"eval", "UWND", "--in", winds, "--out", filepath.Join(text, "out.zarr")}},
	} {
		require.Contains(t, refused(t, c.status, c.args...), c.want, "%q", c.args)
		_, err := os.Stat(out)
		require.ErrorIs(t, err, fs.ErrNotExist, "%q", c.args)
	}
	kept, err := os.ReadFile(filepath.Join(folder, "precious.txt"))
	require.NoError(t, err)
	require.Equal(t, "keep", string(kept))
}

func TestInfo(t *testing.T) {
	text := works(t, "info", winds)
	for _, want := range []string{
		winds + ": netCDF classic\n", "TIME 132  (record)", "UWND  float32 (TIME 132, FNOCY 73, FNOCX 144), 5.3MiB",
		`units = "M/S"`, "coordinates\n  FNOCX  float64 (FNOCX 144)", "attributes\n",
	} {
		require.Contains(t, text, want)
	}
	path := filepath.Join(t.TempDir(), "x.zarr")
	write(t, path, "zeros(shape(3, 4), \"int8\")")
	require.Equal(t, path+": Zarr 3\n\nvariables\n  x  int8 (3, 4), 12B in chunks of (3, 4)\n", works(t, "info", path))
	require.Contains(t, works(t, "info", "../../io/zarr/testdata/python2"),
		"python2: Zarr 2\n\nvariables\n  big_c16  complex128 (3, 4), 192B in chunks of (2, 4)\n")
	require.Contains(t, works(t, "info", "../../io/zarr/testdata/python2"), `refused_blosc  cannot be read: zarr: `)
	require.Contains(t, works(t, "--help"), "gabion eval")
	require.Contains(t, works(t, "eval", "--help"), "--memory")
	require.Contains(t, works(t, "--version"), runtime.Version())
}

func TestPrintable(t *testing.T) {
	require.Equal(t, "a?[31m?", printable("a\x1b[31m\n"))
}

// expiring is a context that ends after its error was asked for a number of
// times: an interruption at a place that a test can choose.
type expiring struct {
	context.Context
	cancel context.CancelFunc
	left   atomic.Int64
}

func (c *expiring) Err() error {
	if c.left.Add(-1) < 0 {
		c.cancel()
	}
	return c.Context.Err()
}

// TestInterrupt interrupts the command at many places: it fails and leaves no
// store, or it has succeeded and the store is whole.
func TestInterrupt(t *testing.T) {
	dir := t.TempDir()
	finished := 0
	for n := range int64(30) {
		path := filepath.Join(dir, "out.zarr")
		ctx, cancel := context.WithCancel(context.Background())
		var out, errs bytes.Buffer
		c := &expiring{Context: ctx, cancel: cancel}
		c.left.Store(n * n)
		status := run(c, []string{"eval", "UWND - mean(UWND, 0)", "--in", winds, "--out", path, "--chunks", "20,20,20"}, streams{out: &out, err: &errs})
		cancel()
		if status == succeeded {
			finished++
			require.Len(t, values[float32](t, path, ""), 132*73*144)
			require.NoError(t, os.RemoveAll(path))
			continue
		}
		require.Equal(t, failed, status, errs.String())
		require.Contains(t, errs.String(), "gabion: interrupted; nothing was written\n")
		left, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Empty(t, left, "n = %d", n)
	}
	require.NotZero(t, finished, "some come to their end")
	require.Less(t, finished, 30)
}
