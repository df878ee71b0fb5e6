package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"gabion/dtype"
	"gabion/scheduler"
)

// message is a request: the document of some nodes, which wants the last of them,
// and the arrays of its inputs.
func message(verb string, nodes []string, arrays ...[]byte) []byte {
	return framed(fmt.Sprintf(`{"v": 1, "verb": %q, "outputs": [%d], "nodes": [%s]}`, verb, len(nodes)-1, strings.Join(nodes, ", ")), arrays...)
}

func framed(text string, arrays ...[]byte) []byte {
	out := binary.LittleEndian.AppendUint32(nil, uint32(len(text)))
	out = append(out, text...)
	for _, a := range arrays {
		out = append(out, a...)
	}
	return out
}

// response is an answer and the arrays of its outputs.
type response struct {
	Outputs []struct {
		DType string `json:"dtype"`
		Shape []int  `json:"shape"`
	} `json:"outputs"`
	Error  *mistake `json:"error"`
	arrays [][]byte
}

// receive reads an answer.
func receive(t *testing.T, from io.Reader, withArrays bool) response {
	t.Helper()
	var head [4]byte
	_, err := io.ReadFull(from, head[:])
	require.NoError(t, err)
	text := make([]byte, binary.LittleEndian.Uint32(head[:]))
	_, err = io.ReadFull(from, text)
	require.NoError(t, err)
	var r response
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	require.NoError(t, decoder.Decode(&r), "%s", text)
	require.True(t, (r.Error == nil) != (r.Outputs == nil), "%s", text)
	for _, out := range r.Outputs {
		if !withArrays {
			break
		}
		d, err := dtype.Parse(out.DType)
		require.NoError(t, err)
		n := d.Size()
		for _, length := range out.Shape {
			n *= length
		}
		array := buffer(int64(n))
		_, err = io.ReadFull(from, array)
		require.NoError(t, err)
		r.arrays = append(r.arrays, array)
	}
	return r
}

// served runs the server over a whole input.
func served(in io.Reader, args ...string) (status int, out *bytes.Reader, stderr string) {
	var stdout, errs bytes.Buffer
	status = run(context.Background(), append([]string{"serve", "--stdio"}, args...), streams{in: in, out: &stdout, err: &errs})
	return status, bytes.NewReader(stdout.Bytes()), errs.String()
}

const sixFloats = `{"op": "input", "dtype": "float64", "shape": [2, 3], "chunks": [[1, 1], [3]], "nbytes": 48}`

func floats(v ...float64) []byte { return bytes.Clone(dtype.Bytes(v)) }

var six = floats(0, 1, 2, 3, 4, 5)

// weighted is the example of the form's description.
var weighted = []string{sixFloats,
	`{"id": 1, "op": "multiply", "in": [0], "args": [{"in": 0}, {"weak": "float", "v": "0x1.4p+1"}], "kw": {}, "out": 0}`,
	`{"id": 2, "op": "sum", "in": [1], "args": [{"in": 0}], "out": 0,
	  "kw": {"axis": [{"weak": "int", "v": "-1"}], "dtype": {"dtype": "float64"}, "keepdims": {"weak": "bool", "v": true}}}`}

func TestServe(t *testing.T) {
	stream := bytes.Join([][]byte{
		message("compute", weighted, six),
		message("meta", weighted, six),
		message("compute", []string{`{"op": "zeros", "args": [[]]}`}),
		message("compute", weighted, floats(1, 1, 1, 1, 1, 1)),
	}, nil)
	for _, in := range []io.Reader{bytes.NewReader(stream), iotest.OneByteReader(bytes.NewReader(stream))} {
		status, out, stderr := served(in)
		require.Equal(t, succeeded, status, stderr)
		require.Empty(t, stderr)
		r := receive(t, out, true)
		require.Equal(t, "float64", r.Outputs[0].DType)
		require.Equal(t, []int{2, 1}, r.Outputs[0].Shape)
		require.Equal(t, floats(7.5, 30), r.arrays[0])
		r = receive(t, out, false)
		require.Equal(t, []int{2, 1}, r.Outputs[0].Shape)
		r = receive(t, out, true)
		require.Equal(t, []int{}, r.Outputs[0].Shape)
		require.Equal(t, floats(0), r.arrays[0])
		require.Equal(t, floats(7.5, 7.5), receive(t, out, true).arrays[0])
		require.Zero(t, out.Len())
	}
	status, out, _ := served(strings.NewReader(""))
	require.Equal(t, succeeded, status)
	require.Zero(t, out.Len())
}

// TestServeUnknownLengths: what a mask keeps has the length null until it is
// computed.
func TestServeUnknownLengths(t *testing.T) {
	masked := []string{sixFloats,
		`{"op": "greater", "in": [0], "args": [{"in": 0}, {"weak": "int", "v": "1"}]}`,
		`{"op": "getitem", "in": [0, 1], "args": [{"in": 0}, [{"in": 1}]]}`,
		`{"op": "negative", "in": [2], "args": [{"in": 0}]}`}
	status, out, stderr := served(bytes.NewReader(message("meta", masked, six)))
	require.Equal(t, succeeded, status, stderr)
	text, err := io.ReadAll(out)
	require.NoError(t, err)
	require.JSONEq(t, `{"outputs": [{"dtype": "float64", "shape": [null]}]}`, string(text[4:]))

	status, out, stderr = served(bytes.NewReader(message("compute", masked, six)))
	require.Equal(t, succeeded, status, stderr)
	r := receive(t, out, true)
	require.Equal(t, []int{4}, r.Outputs[0].Shape)
	require.Equal(t, floats(-2, -3, -4, -5), r.arrays[0])
}

// TestServeMistakes: an error in a plan is answered with its kind, its arrays are
// read past, and the next request is answered.
func TestServeMistakes(t *testing.T) {
	node := func(text string) []string { return []string{sixFloats, text} }
	for want, c := range map[string][]byte{
		"NotImplementedError: frobnicate: there is no such operation (at node 1)":                        message("compute", node(`{"op": "frobnicate"}`), six),
		"TypeError: sum: its parameter \"x\" is missing":                                                 message("compute", node(`{"op": "sum"}`), six),
		"IndexError: sum: axis 5 is out of range: shape (2, 3) has 2 axes, numbered -2 to 1 (at node 1)": message("meta", node(`{"op": "sum", "in": [0], "args": [{"in": 0}, {"weak": "int", "v": "5"}]}`), six),
		"OverflowError: add: operand 1: 70000 does not fit int16":                                        message("compute", []string{`{"op": "input", "dtype": "int16", "shape": [1], "nbytes": 2}`, `{"op": "add", "in": [0], "args": [{"in": 0}, {"weak": "int", "v": "70000"}]}`}, []byte{1, 1}),
		"ValueError: input: nbytes: shape (2, 3) of float64 takes 48 bytes, not 5 (at node 0)":           message("compute", []string{strings.Replace(sixFloats, "48", "5", 1)}, six[:5]),
		"ValueError: document: it is an object, not 3 (at node 1)":                                       message("compute", node(`3`), six),
		"ValueError: document: verb: \"run\" is neither":                                                 message("run", []string{sixFloats}, six),
		"ValueError: document: v: the version, 1 is missing":                                             framed(`{"nodes": [`+sixFloats+`]}`, six),
		"ValueError: document: it is an object, not [] (at the top)":                                     framed(`[]`),
		"ValueError: pow, block [0]: an integer was raised to a negative power":                          message("compute", []string{`{"op": "input", "dtype": "int8", "shape": [1], "nbytes": 1}`, `{"op": "pow", "in": [0], "args": [{"weak": "int", "v": "2"}, {"in": 0}]}`}, []byte{255}),
		"RuntimeError: read: nothing.nc: file does not exist (at node 1)":                                message("compute", node(`{"op": "read", "kw": {"uri": "nothing.nc"}}`), six),
		"RuntimeError: compute: the results do not fit in the ":                                          message("compute", node(`{"op": "zeros", "args": [{"weak": "int", "v": "1000000000000000"}]}`), six),
	} {
		kind, text, _ := strings.Cut(want, ": ")
		status, out, stderr := served(bytes.NewReader(append(bytes.Clone(c), message("compute", weighted, six)...)))
		require.Equal(t, succeeded, status, stderr)
		r := receive(t, out, true)
		require.NotNil(t, r.Error, want)
		require.Equal(t, kind, string(r.Error.Kind), "%v", r.Error)
		require.Contains(t, r.Error.Msg, text)
		require.Equal(t, floats(7.5, 30), receive(t, out, true).arrays[0], "the next request, after %s", want)
		require.Zero(t, out.Len())
	}
}

// TestServeLost: where nobody knows where the next request begins, the error is
// answered and the process ends with status 1.
func TestServeLost(t *testing.T) {
	good := message("compute", weighted, six)
	huge := fmt.Sprintf(`{"op": "input", "dtype": "int8", "shape": [%d], "nbytes": %d}`, math.MaxInt64, math.MaxInt64)
	for want, broken := range map[string][]byte{
		"the length of a request: unexpected EOF":                              {1, 0},
		"a document of 9 bytes: the input ended before":                        {9, 0, 0, 0, '{'},
		"this is not JSON":                                                     framed(`{"v": 1`),
		"this is not JSON: unexpected end":                                     framed(``),
		"this is not UTF-8":                                                    framed("\"\xff\""),
		"a document of 4294967295 bytes; 16777216 are the most":                {255, 255, 255, 255, '{'},
		"node 0: nbytes: -1 is not a number of bytes":                          message("compute", []string{strings.Replace(sixFloats, "48", "-1", 1)}, six),
		"node 0: nbytes: it is a number of bytes, not \"48\"":                  message("compute", []string{strings.Replace(sixFloats, "48", `"48"`, 1)}, six),
		"node 0: nbytes: a number of bytes is missing":                         message("meta", []string{`{"op": "input"}`}),
		`node 0: it says "nbytes" twice`:                                       message("compute", []string{strings.Replace(sixFloats, "48", `48, "nbytes": 47`, 1)}, six),
		"one of 9223372036854775807 bytes, make it larger than the 1GiB that ": message("compute", []string{sixFloats, huge, huge, huge}, six),
		"array 0, of 48 bytes: the input ended before":                         message("compute", weighted, six[:47]),
		"the arrays of a request: the input ended before":                      message("meta", weighted, six[:47]),
	} {
		status, out, stderr := served(bytes.NewReader(append(bytes.Clone(good), broken...)))
		require.Equal(t, failed, status, want)
		require.Regexp(t, `^gabion: .*\n$`, stderr)
		require.Contains(t, stderr, want)
		require.Equal(t, floats(7.5, 30), receive(t, out, true).arrays[0], "what came before")
		r := receive(t, out, true)
		require.NotNil(t, r.Error, want)
		require.Contains(t, r.Error.Msg, want)
		require.Zero(t, out.Len(), "nothing follows")
	}
}

// TestServeLimit: the document and its arrays together are within the limit.
func TestServeLimit(t *testing.T) {
	good := message("compute", weighted, six)
	size := len(good) - 4
	status, out, _ := served(bytes.NewReader(good), "--limit", fmt.Sprint(size))
	require.Equal(t, succeeded, status)
	require.Nil(t, receive(t, out, true).Error)
	for _, limit := range []int{size - 1, size - 48, size - 49, 1} {
		status, out, stderr := served(bytes.NewReader(good), "--limit", fmt.Sprint(limit))
		require.Equal(t, failed, status)
		r := receive(t, out, true)
		require.Equal(t, "ValueError", string(r.Error.Kind))
		require.Contains(t, stderr, r.Error.Msg)
	}
	require.Contains(t, refused(t, wrongUsage, "serve"), "--stdio")
	require.Contains(t, refused(t, wrongUsage, "serve", "--stdio", "--limit", "much"), `--limit: "much" is not a size`)
	require.Contains(t, refused(t, wrongUsage, "serve", "--stdio", "--workers", "0"), "--workers")
}

// TestServeBudget: a plan that the budget does not do for is refused, and the
// next is answered.
func TestServeBudget(t *testing.T) {
	status, out, _ := served(bytes.NewReader(append(message("compute", []string{readWinds, meanOf0}), message("compute", weighted, six)...)), "--memory", "100KiB")
	require.Equal(t, succeeded, status)
	r := receive(t, out, true)
	require.Equal(t, "RuntimeError", string(r.Error.Kind))
	require.Regexp(t, `run it with --memory \S+iB or more`, r.Error.Msg)
	require.Equal(t, floats(7.5, 30), receive(t, out, true).arrays[0])
}

// TestServeTypes sends arrays of every type and gets them back; bytes of bools that
// are neither 0 nor 1 are true.
func TestServeTypes(t *testing.T) {
	var stream []byte
	for _, d := range dtype.All() {
		data := bytes.Repeat([]byte{1}, 3*d.Size())
		stream = append(stream, message("compute", []string{fmt.Sprintf(`{"op": "input", "dtype": "%v", "shape": [3], "nbytes": %d}`, d, len(data))}, data)...)
	}
	stream = append(stream, message("compute", []string{`{"op": "input", "dtype": "int8", "shape": [1], "nbytes": 1}`, `{"op": "input", "dtype": "bool", "shape": [4], "nbytes": 4}`,
		`{"op": "sum", "in": [1], "args": [{"in": 0}]}`}, []byte{9, 0, 2, 255, 1})...)
	status, out, _ := served(bytes.NewReader(stream))
	require.Equal(t, succeeded, status)
	for _, d := range dtype.All() {
		r := receive(t, out, true)
		require.Equal(t, d.String(), r.Outputs[0].DType)
		require.Equal(t, bytes.Repeat([]byte{1}, 3*d.Size()), r.arrays[0])
	}
	require.Equal(t, dtype.Bytes([]int64{3}), receive(t, out, true).arrays[0])
}

// TestServeFiles reads and writes files, and says what a write stands for.
func TestServeFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mean.zarr")
	nodes := []string{readWinds, meanOf0, writeOf(1, path, "")}
	meta := message("meta", nodes)
	status, out, stderr := served(bytes.NewReader(meta))
	require.Equal(t, succeeded, status, stderr)
	require.Equal(t, []int{73, 144}, receive(t, out, false).Outputs[0].Shape)
	require.NoDirExists(t, path)

	compute := message("compute", nodes)
	status, out, stderr = served(bytes.NewReader(append(bytes.Clone(compute), compute...)))
	require.Equal(t, succeeded, status, stderr)
	require.Equal(t, dtype.Bytes(values[float32](t, path, "")), receive(t, out, true).arrays[0])
	r := receive(t, out, true)
	require.Contains(t, r.Error.Msg, "give the write overwrite to replace it")
}

// TestServeLong: thousands of requests over a pipe, one after the other, leave
// nothing behind.
func TestServeLong(t *testing.T) {
	requests, toServer := io.Pipe()
	fromServer, answers := io.Pipe()
	done := make(chan int)
	go func() {
		var errs bytes.Buffer
		status := run(context.Background(), []string{"serve", "--stdio", "--memory", "16MiB"}, streams{in: requests, out: answers, err: &errs})
		answers.Close()
		done <- status
	}()
	good, bad := message("compute", weighted, six), message("compute", []string{sixFloats, `{"op": "frobnicate"}`}, six)
	file := message("compute", []string{readWinds, `{"op": "getitem", "in": [0], "args": [{"in": 0}, [{"weak": "int", "v": "0"}]]}`})
	ask := func(n int) {
		for range n {
			for _, m := range [][]byte{good, bad, file} {
				_, err := toServer.Write(m)
				require.NoError(t, err)
				r := receive(t, fromServer, true)
				require.Equal(t, &m[0] == &bad[0], r.Error != nil)
			}
		}
	}
	heap := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	ask(60)
	before, open := heap(), openFiles(t)
	ask(700)
	require.Less(t, heap(), before+1<<20)
	require.LessOrEqual(t, openFiles(t), open)
	require.NoError(t, toServer.Close())
	require.Equal(t, succeeded, <-done)
}

// openFiles is how many files the process has open, where that can be told.
func openFiles(t *testing.T) int {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	return len(list)
}

// TestServeInterrupted: a signal ends the server while it computes, with an answer,
// and while it waits.
func TestServeInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	c := &expiring{Context: ctx, cancel: cancel}
	c.left.Store(3)
	var out, errs bytes.Buffer
	status := run(c, []string{"serve", "--stdio"}, streams{in: bytes.NewReader(message("compute", []string{readWinds, meanOf0})), out: &out, err: &errs})
	require.Equal(t, failed, status)
	require.Contains(t, errs.String(), "interrupted")
	require.Equal(t, "RuntimeError", string(receive(t, &out, true).Error.Kind))

	ctx, cancel = context.WithCancel(context.Background())
	in := waiting{cancel, make(chan struct{})}
	status = run(ctx, []string{"serve", "--stdio"}, streams{in: in, out: io.Discard, err: io.Discard, abandon: func() { close(in.ended) }})
	require.Equal(t, failed, status)
}

// waiting is an input at which a signal comes while it is read, and which then
// waits until it is abandoned.
type waiting struct {
	signal func()
	ended  chan struct{}
}

func (w waiting) Read([]byte) (int, error) {
	w.signal()
	<-w.ended
	return 0, io.ErrClosedPipe
}

// unfit are requests that may write files, or make large arrays.
var unfit = regexp.MustCompile(`write|\\u|[0-9]{6}|p\+?[1-9][0-9]`)

// FuzzServe: whatever comes, the server answers or ends, and does not panic.
func FuzzServe(f *testing.F) {
	f.Add(message("compute", weighted, six))
	f.Add(message("meta", weighted, six))
	f.Add(framed(`{"nodes": [{"op": "input", "nbytes": 3}]}`, []byte("abc")))
	f.Add([]byte{1, 0})
	engine, err := scheduler.New(scheduler.Options{Memory: 1 << 20, Workers: 1})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = engine.Close() })
	f.Fuzz(func(t *testing.T, stream []byte) {
		if unfit.Match(stream) {
			return
		}
		var out bytes.Buffer
		s := server{engine: engine, limit: 64 << 10, in: bufio.NewReader(bytes.NewReader(stream)), out: bufio.NewWriter(&out)}
		if err := s.serve(context.Background()); err != nil && out.Len() == 0 {
			t.Fatalf("no answer to what is lost: %v", err)
		}
		if engine.InUse() > engine.Memory() {
			t.Fatal("beyond the budget")
		}
	})
}
