package main

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/graph"
)

// zerosOf is a node that makes zeros; whole are whole numbers as arguments; called is
// a node that calls an operation of the first node.
func zerosOf(lengths string) string {
	return fmt.Sprintf(`{"op": "zeros", "args": [[%s]]}`, whole(lengths))
}

func whole(numbers string) string {
	var out []string
	for _, n := range strings.Fields(numbers) {
		out = append(out, fmt.Sprintf(`{"weak": "int", "v": "%s"}`, n))
	}
	return strings.Join(out, ", ")
}

func called(op, args string) string {
	return fmt.Sprintf(`{"op": %q, "in": [0], "args": [{"in": 0}%s]}`, op, args)
}

func times(n int, text string) string { return strings.Repeat(text+", ", n-1) + text }

// TestServeHostileDocuments: documents that ask for more than there is, or that are
// nonsense, are answered with an error of the right kind, without much memory, and
// the server goes on.
func TestServeHostileDocuments(t *testing.T) {
	const small, huge = "10", "1152921504606846976"
	column := "[" + times(3000, "["+whole("0")+"]") + "]"
	row := "[" + times(3000, whole("0")) + "]"
	documents := []struct {
		kind  graph.Kind
		says  string // a part of the message
		nodes []string
	}{
		// More than there is.
		{graph.ValueError, "more elements than an int can count", []string{zerosOf("8589934592 8589934592")}},
		{graph.ValueError, "more bytes than an int can count", []string{zerosOf("4611686018427387904")}},
		{graph.ValueError, "is negative", []string{zerosOf("-1")}},
		{graph.ValueError, "64 are the most", []string{zerosOf(strings.Repeat("1 ", 65))}},
		{graph.ValueError, "64 are the most", []string{zerosOf(strings.Repeat("1 ", 10_000))}},
		{graph.ValueError, "k is", []string{zerosOf(small), called("topk", ", "+whole(huge))}},
		{graph.ValueError, "k is", []string{zerosOf(small), called("topk", ", "+whole("-9223372036854775808"))}},
		{graph.RuntimeError, "memory budget", []string{zerosOf("1099511627776"), called("topk", ", "+whole("1073741824"))}},
		{graph.RuntimeError, "do not fit in the", []string{zerosOf("1099511627776"), called("argtopk", ", "+whole("1099511627776"))}},
		{graph.ValueError, "widths", []string{zerosOf(small), called("pad", ", "+whole("4611686018427387904"))}},
		{graph.ValueError, "negative", []string{zerosOf(small), called("pad", ", "+whole("-1"))}},
		{graph.RuntimeError, "do not fit in the", []string{zerosOf(small), called("pad", ", "+whole("1099511627776"))}},
		{graph.ValueError, "too often", []string{zerosOf(small), called("pad", ", "+whole("1099511627776")+`, "reflect"`)}},
		{graph.ValueError, "longer than an int can count", []string{zerosOf(small), called("tile", ", "+whole(huge))}},
		{graph.ValueError, "longer than an int can count", []string{zerosOf(small), called("repeat", ", "+whole(huge))}},
		{graph.ValueError, "cannot be repeated", []string{zerosOf(small), called("repeat", ", ["+times(10, whole(huge))+"]")}},
		{graph.ValueError, "results, 16384 are the most", []string{zerosOf("16777216"), called("unstack", "")}},
		{graph.ValueError, "results, 16384 are the most", []string{zerosOf(small), called("array_split", ", "+whole("1000000"))}},
		{graph.ValueError, "results, 16384 are the most", []string{zerosOf("1000000"), called("split", ", "+whole("1000000"))}},
		{graph.ValueError, "4096 are the most", []string{zerosOf(small), called("negative", ""), fmt.Sprintf(`{"op": "concat", "in": [1], "args": [[%s]]}`, times(5000, `{"in": 0}`))}},
		{graph.ValueError, "4096 are the most", []string{zerosOf(small), fmt.Sprintf(`{"op": "block", "in": [0], "args": [[%s]]}`, times(70, "["+times(70, `{"in": 0}`)+"]"))}},
		{graph.ValueError, "more elements than an int can count", []string{zerosOf("1099511627776"), `{"op": "outer", "in": [0], "args": [{"in": 0}, {"in": 0}]}`}},
		{graph.ValueError, "more elements than an int can count", []string{zerosOf("1099511627776"), called("diag", "")}},
		{graph.ValueError, "an int can count", []string{fmt.Sprintf(`{"op": "arange", "args": [%s]}`, whole("0 9223372036854775808"))}},
		{graph.ValueError, "more bytes than an int can count", []string{fmt.Sprintf(`{"op": "linspace", "args": [%s]}`, whole("0 1 4611686018427387904"))}},
		{graph.ValueError, "more elements than an int can count", []string{fmt.Sprintf(`{"op": "eye", "args": [%s]}`, whole("1099511627776"))}},
		{graph.ValueError, "cannot have shape", []string{zerosOf(small), called("reshape", ", ["+whole("4294967296 4294967296")+"]")}},
		{graph.ValueError, "more elements than an int can count", []string{zerosOf("1099511627776"), called("sliding_window_view", ", ["+whole("1073741824")+"]")}},
		{graph.ValueError, "blocks meet", []string{`{"op": "zeros", "args": [[` + whole("1125899906842624") + `]], "kw": {"chunks": [` + whole("7") + `]}}`,
			`{"op": "zeros", "args": [[` + whole("1125899906842624") + `]], "kw": {"chunks": [` + whole("11") + `]}}`, `{"op": "add", "in": [0, 1], "args": [{"in": 0}, {"in": 1}]}`}},
		{graph.ValueError, "rechunk to larger", []string{`{"op": "zeros", "args": [[` + whole("1099511627776") + `]], "kw": {"chunks": [` + whole("1") + `]}}`,
			called("cumulative_sum", ""), `{"op": "getitem", "in": [1], "args": [{"in": 0}, [` + whole("5") + `]]}`}},

		// Indices.
		{graph.ValueError, "places together", []string{zerosOf("1000 1000"), called("getitem", ", ["+column+", ["+row+"]]")}},
		{graph.ValueError, "places together", []string{zerosOf("1000 1000"), called("setitem", ", ["+column+", ["+row+"]], "+whole("1"))}},
		{graph.IndexError, "out of range", []string{zerosOf(small), called("getitem", ", [["+times(50_000, whole("0"))+", "+whole("10")+"]]")}},
		{graph.IndexError, "out of range for any length", []string{zerosOf(small), called("getitem", ", ["+whole("1"+strings.Repeat("0", 4000))+"]")}},
		{graph.ValueError, "64 are the most", []string{zerosOf(small), called("getitem", ", ["+times(5000, "null")+"]")}},
		{graph.IndexError, "one ellipsis", []string{zerosOf(small), called("getitem", `, [{"ellipsis": 1}, {"ellipsis": 1}]`)}},
		{graph.IndexError, "whole numbers", []string{zerosOf(small), called("getitem", `, [{"weak": "float", "v": "0x1p+0"}]`)}},
		{graph.ValueError, "step", []string{zerosOf(small), called("getitem", `, [{"slice": [null, null, 0]}]`)}},
		{graph.ValueError, "a map", []string{zerosOf(small), called("gather", `, [[`+whole("0")+`, {"map": {"len": 4611686018427387904, "runs": 7}}]], [`+whole("1")+`]`)}},
		{graph.ValueError, "a map", []string{zerosOf(small), called("gather", `, [[`+whole("0")+`, {"map": [1, 2]}]], [`+whole("1")+`]`)}},

		// Nonsense.
		{graph.ValueError, "no node 0 among the 0 before", []string{`{"op": "negative", "in": [0], "args": [{"in": 0}]}`}},
		{graph.ValueError, "no node 2 among", []string{zerosOf(small), `{"op": "negative", "in": [2], "args": [{"in": 0}]}`, `{"op": "negative", "in": [1], "args": [{"in": 0}]}`}},
		{graph.ValueError, "nested more than", []string{zerosOf(small), called("sum", ", "+strings.Repeat("[", 5000)+strings.Repeat("]", 5000))}},
		{graph.NotImplementedError, "no such operation", []string{`{"op": "` + strings.Repeat("x", 1_000_000) + `"}`}},
		{graph.NotImplementedError, "no function is registered", []string{zerosOf(small), `{"op": "map_blocks", "in": [0], "args": [[{"in": 0}], "nobody"]}`}},
		{graph.TypeError, "no parameter", []string{`{"op": "zeros", "args": [[]], "kw": {"` + strings.Repeat("x", 1_000_000) + `": null}}`}},
		{graph.TypeError, "it takes 1 argument", []string{zerosOf(small), called("negative", ", "+times(10_000, `{"in": 0}`))}},
		{graph.TypeError, "missing", []string{zerosOf(small), called("add", "")}},
		{graph.TypeError, "an array or a number", []string{zerosOf(small), called("add", `, "x"`)}},
		{graph.TypeError, "whole number", []string{zerosOf(small), called("sum", `, {"weak": "float", "v": "0x1p-1"}`)}},
		{graph.TypeError, "element type", []string{zerosOf(small), called("astype", `, "float256"`)}},
		{graph.ValueError, "named twice", []string{zerosOf("2 2"), called("sum", ", ["+whole("0 0")+"]")}},
		{graph.ValueError, "16384 are the most", []string{zerosOf("2 2"), called("sum", ", ["+times(20_000, whole("0"))+"]")}},
		{graph.ValueError, "no single axis", []string{`{"op": "zeros", "args": [[` + whole("2 2") + `]], "names": ["a", "a"]}`, called("sum", `, "a"`)}},
		{graph.OverflowError, "does not fit int8", []string{`{"op": "zeros", "args": [[]], "kw": {"dtype": {"dtype": "int8"}}}`, called("add", ", "+whole("300"))}},
		{graph.ValueError, "digits", []string{zerosOf(small), called("add", ", "+whole(strings.Repeat("9", 5000)))}},
		{graph.ValueError, "hexadecimal", []string{zerosOf(small), called("add", `, {"weak": "float", "v": "0x`+strings.Repeat("f", 100_000)+`p+0"}`)}},
		{graph.ValueError, "no argument", []string{zerosOf(small), called("add", `, 7`)}},
		{graph.ValueError, "no argument", []string{zerosOf(small), called("add", `, {"in": 0, "dtype": "int8"}`)}},
		{graph.ValueError, "add up to", []string{zerosOf(small), called("rechunk", ", [["+whole("3 3")+"]]")}},
		{graph.ValueError, "it has 1 result", []string{zerosOf(small), `{"op": "nonzero", "in": [0], "args": [{"in": 0}], "out": 4611686018427387904}`}},
		{graph.ValueError, "an object", []string{"7"}},
		{graph.ValueError, "attrs", []string{`{"op": "zeros", "args": [[]], "attrs": {"a": ` + strings.Repeat("[", 900) + strings.Repeat("]", 900) + `}}`}},
		{graph.ValueError, "65536 are the most", []string{times(100_000, zerosOf(small))}},
		{graph.ValueError, "65536 are the most", []string{times(1_000_000, `{"op":"zero"}`)}},
	}
	var stream []byte
	for _, d := range documents {
		stream = append(stream, message("compute", d.nodes)...)
	}
	stream = append(stream, framed(`{"v": 1, "verb": "compute", "outputs": [`+times(1_000_000, "0")+`], "nodes": [`+zerosOf(small)+`]}`)...)
	stream = append(stream, message("compute", weighted, six)...)

	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	status, out, stderr := served(bytes.NewReader(stream), "--memory", "64MiB")
	runtime.ReadMemStats(&after)
	require.Equal(t, succeeded, status, stderr)
	for i, d := range documents {
		r := receive(t, out, true)
		require.NotNil(t, r.Error, "document %d is not refused", i)
		require.Equal(t, d.kind, r.Error.Kind, "document %d: %s", i, r.Error.Msg)
		require.Contains(t, r.Error.Msg, d.says, "document %d", i)
		require.Less(t, len(r.Error.Msg), 1000, "document %d", i)
	}
	require.Contains(t, receive(t, out, true).Error.Msg, "16384 are the most")
	require.Equal(t, floats(7.5, 30), receive(t, out, true).arrays[0])
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(2<<30), "what all of them took together")
}
