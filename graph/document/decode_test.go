package document_test

import (
	"math"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"gabion/dtype"
	"gabion/graph"
	"gabion/graph/document"
)

const input = `{"op": "input", "dtype": "int16", "shape": [2, 3], "nbytes": 12}`

// of is a document of nodes that wants the last of them.
func of(nodes string) string {
	return `{"v": 1, "verb": "compute", "outputs": [0], "nodes": [` + nodes + `]}`
}

// arg is a document with an argument.
func arg(text string) string { return of(`{"op": "f", "args": [` + text + `]}`) }

// TestMalformed is what is said of documents that are not of the form, and whether
// the elements that follow them can still be found.
func TestMalformed(t *testing.T) {
	long := strings.Repeat("9", 5000)
	for _, c := range []struct {
		text, want string
		lost       bool // whether nobody knows where the elements end
	}{
		{``, "this is not JSON", true},
		{`{"v": 1`, "this is not JSON", true},
		{`{"v": 1}}`, "this is not JSON", true},
		{`{"v": 1,}`, "this is not JSON", true},
		{`{"v": NaN}`, "this is not JSON", true},
		{"{\"v\": 1, \"verb\": \"\xff\"}", "this is not UTF-8", true},
		{strings.Repeat(" ", document.MaxBytes) + "{}", "16777216 are the most", true},
		{strings.Repeat("[", 20000), "this is not JSON", true},
		{`{"v": 1, "v": 1}`, `it says "v" twice`, true},
		{of(`{"op": "f", "op": "input"}`), `it says "op" twice`, true},
		{of(`{"op": "input", "nbytes": 1, "nbytes": 2}`), `it says "nbytes" twice`, true},
		{of(`{"op": "input"}`), "dtype: the name of an element type is missing", true},
		{of(strings.Replace(input, "12", "12.5", 1)), "nbytes: it is a number of bytes, not 12.5", true},
		{of(strings.Replace(input, "12", `"12"`, 1)), "nbytes: it is a number of bytes", true},
		{of(strings.Replace(input, "12", `null`, 1)), "nbytes: it is a number of bytes, not null", true},
		{of(strings.Replace(input, "12", `9223372036854775808`, 1)), "nbytes: it is a number of bytes", true},
		{of(strings.Replace(input, "12", `-12`, 1)), "takes 12 bytes, not -12", true},

		{`[]`, "it is an object, not []", false},
		{`null`, "it is an object, not null", false},
		{`{}`, "v: the version, 1 is missing", false},
		{`{"v": 2}`, "v: the version is 2; version 1 is read", false},
		{`{"v": "1"}`, `v: it is the version, 1, not "1"`, false},
		{`{"v": 1}`, `verb: "compute" or "meta" is missing`, false},
		{`{"v": 1, "verb": "run"}`, `verb: "run" is neither "compute" nor "meta"`, false},
		{`{"v": 1, "verb": "meta"}`, "nodes: a list of nodes is missing", false},
		{`{"v": 1, "verb": "meta", "nodes": {}}`, "nodes: it is a list of nodes, not {}", false},
		{`{"v": 1, "verb": "meta", "nodes": []}`, "outputs: a list of the positions of nodes is missing", false},
		{`{"v": 1, "verb": "meta", "nodes": [], "outputs": [0]}`, "outputs: there is no node 0 among the 0 before", false},
		{`{"v": 1, "verb": "meta", "nodes": [], "outputs": null}`, "outputs: it is a list", false},
		{`{"v": 1, "verb": "meta", "nodes": [], "outputs": [], "Nodes": []}`, `it has nothing called "Nodes"`, false},

		{of(`3`), "document: it is an object, not 3 (at node 0)", false},
		{of(`{}`), "op: the name of an operation is missing (at node 0)", false},
		{of(`{"op": 1}`), "op: it is the name of an operation, not 1", false},
		{of(`{"op": "f", "id": 1}`), "f: id: it is the node's position 0, not 1 (at node 0)", false},
		{of(`{"op": "f", "id": "0"}`), `id: it is the node's position 0, not "0"`, false},
		{of(`{"op": "f", "in": [0]}`), "in: there is no node 0 among the 0 before", false},
		{of(`{"op": "f", "in": [-1]}`), "in: there is no node -1", false},
		{of(`{"op": "f", "in": [1.5]}`), "in: it is a list of the positions of nodes", false},
		{of(`{"op": "f", "in": [null]}`), "without null", false},
		{of(`{"op": "f", "in": 0}`), "in: it is a list", false},
		{of(`{"op": "f", "out": -1}`), "out: -1 is not the number of a result", false},
		{of(`{"op": "f", "out": "0"}`), "out: ", false},
		{of(`{"op": "f", "axis": 0}`), `it has nothing called "axis"`, false},
		{of(`{"op": "f", "nbytes": 5}`), "nbytes: only an input has it", false},
		{of(`{"op": "f", "args": {}}`), "args: it is a list of arguments, not {}", false},
		{of(`{"op": "f", "kw": []}`), "kw: it is an object, not []", false},
		{of(`{"op": "f", "kw": {"a": null, "a": null}}`), `kw: it says "a" twice`, false},
		{of(`{"op": "f", "kw": {"a": 1}}`), `kw: "a": 1 is no argument`, false},
		{of(`{"op": "f", "names": [1]}`), "names: it is a list of names", false},
		{of(`{"op": "f", "names": [null]}`), `names: an axis without a name is ""`, false},
		{of(`{"op": "f", "attrs": {"a": {"type": "int", "values": ["1"]}}}`), `attrs: attribute "a"`, false},

		{of(`{"op": "input", "dtype": "f8", "shape": [], "nbytes": 8}`), `dtype: no element type is called "f8"`, false},
		{of(`{"op": "input", "dtype": "int8", "nbytes": 8}`), "shape: a list of lengths is missing", false},
		{of(`{"op": "input", "dtype": "int8", "shape": [-1], "nbytes": 1}`), "shape: the length -1 of axis 0 is negative", false},
		{of(`{"op": "input", "dtype": "int8", "shape": [4611686018427387904, 4], "nbytes": 0}`), "shape: ", false},
		{of(`{"op": "input", "dtype": "int16", "shape": [4611686018427387904], "nbytes": 0}`), "shape: ", false},
		{of(`{"op": "input", "dtype": "int8", "shape": [` + strings.Repeat("1, ", 64) + `1], "nbytes": 1}`), "shape: there are 65 axes, 64 are the most", false},
		{of(strings.Replace(input, "12", "13", 1)), "nbytes: shape (2, 3) of int16 takes 12 bytes, not 13", false},
		{of(strings.Replace(input, "12", `12, "in": [], "args": [null]`, 1)), "an input takes no arguments", false},
		{of(strings.Replace(input, "12", `12, "chunks": [[2], [2, 2]]`, 1)), "chunks: they are for shape (2, 4), the array has shape (2, 3)", false},
		{of(strings.Replace(input, "12", `12, "chunks": [[2], [4, -1]]`, 1)), "chunks: axis 1: block 1 has the negative size -1", false},
		{of(strings.Replace(input, "12", `12, "chunks": [[2]]`, 1)), "chunks: they are for shape (2,)", false},
		{of(strings.Replace(input, "12", `12, "chunks": [[2], 3]`, 1)), "chunks: axis 1: it is a list of lengths, not 3", false},
		{of(strings.Replace(input, "12", `12, "chunks": [[2], {"length": 3, "blocks": 2, "period": 3, "offsets": [0]}]`, 1)), "says it has 2 blocks, its boundaries make 1", false},
		{of(strings.Replace(input, "12", `12, "chunks": [[2], {"length": -1, "blocks": 2}]`, 1)), "its length is unknown", false},
		{of(strings.Replace(input, "12", `12, "names": ["a"]`, 1)), "names: there are 1 for the 2 axes", false},

		{arg(`1`), "args: number 0: 1 is no argument: a scalar is written with its kind", false},
		{arg(`true`), "true is no argument", false},
		{arg(`{}`), "{} is no argument: it has one of the keys", false},
		{arg(`{"in": 0}`), "in has 0 entries, there is no number 0", false},
		{arg(`{"in": 0, "dtype": "int8"}`), "is no argument", false},
		{arg(`{"weak": "int"}`), "is no argument", false},
		{arg(`{"weak": "int", "v": "1", "x": 1}`), "is no argument", false},
		{arg(`{"weak": "str", "v": "1"}`), `there is no scalar of kind "str"`, false},
		{arg(`{"weak": "bool", "v": 1}`), "it is true or false, not 1", false},
		{arg(`{"weak": "bool", "v": "true"}`), "it is true or false", false},
		{arg(`{"weak": "int", "v": 1}`), `it is an integer as text, such as "12", not 1`, false},
		{arg(`{"weak": "int", "v": "1.0"}`), `"1.0" is not an integer`, false},
		{arg(`{"weak": "int", "v": "+1"}`), "is not an integer", false},
		{arg(`{"weak": "int", "v": "1_0"}`), "is not an integer", false},
		{arg(`{"weak": "int", "v": ""}`), "is not an integer", false},
		{arg(`{"weak": "int", "v": "-"}`), "is not an integer", false},
		{arg(`{"weak": "int", "v": "` + long + `"}`), "an integer of 5000 digits; 4300 are the most", false},
		{arg(`{"weak": "float", "v": 1.5}`), "it is a floating-point number as text", false},
		{arg(`{"weak": "float", "v": "1.5"}`), `"1.5" is not a floating-point number: it is written in hexadecimal`, false},
		{arg(`{"weak": "float", "v": "NaN"}`), "is not a floating-point number", false},
		{arg(`{"weak": "float", "v": "infinity"}`), "is not a floating-point number", false},
		{arg(`{"weak": "float", "v": "0x1_0p+1"}`), "is not a floating-point number", false},
		{arg(`{"weak": "float", "v": "--0x1p+1"}`), "is not a floating-point number", false},
		{arg(`{"weak": "float", "v": "0x1.8"}`), "is not a floating-point number", false},
		{arg(`{"weak": "float", "v": "0x"}`), "is not a floating-point number", false},
		{arg(`{"weak": "float", "v": "0x1p+1024"}`), `"0x1p+1024" does not fit a float64`, false},
		{arg(`{"weak": "float", "v": "0x` + long + `p+1"}`), "is not a floating-point number", false},
		{arg(`{"weak": "complex", "v": "0x1p+1"}`), "it is a pair", false},
		{arg(`{"weak": "complex", "v": ["nan"]}`), "a complex number is a pair", false},
		{arg(`{"weak": "complex", "v": ["nan", null]}`), "a complex number is a pair", false},
		{arg(`{"weak": "complex", "v": ["nan", "2"]}`), "is not a floating-point number", false},
		{arg(`{"dtype": "float"}`), `no element type is called "float"`, false},
		{arg(`{"dtype": 1}`), "it is the name of an element type, not 1", false},
		{arg(`{"slice": [1, 2]}`), "a slice has start, stop and step, not 2 numbers", false},
		{arg(`{"slice": [1, 2, 1.5]}`), `a slice: "1.5" is not an integer`, false},
		{arg(`{"slice": [1, 2, true]}`), `a slice: "true" is not an integer`, false},
		{arg(`{"slice": [1, 2, {"weak": "float", "v": "0x1p+0"}]}`), "is not a number of a slice", false},
		{arg(`{"slice": null}`), "it is start, stop and step, not null", false},
		{arg(`{"ellipsis": 0}`), `an ellipsis is written {"ellipsis": 1}, not 0`, false},
		{arg(`{"chunks": 3}`), "it is a list of lengths for each axis, not 3", false},
		{arg(strings.Repeat("[", 18) + strings.Repeat("]", 18)), "lists are nested more than 16 deep", false},
		{arg(`{"what": "` + strings.Repeat("é", 500) + `"}`), "...", false},
		{of(`{"op": "` + strings.Repeat("f", 500) + `", "out": -1}`), "document: out: ", false},
	} {
		_, err := document.Decode([]byte(c.text))
		var mistake *graph.Error
		require.ErrorAs(t, err, &mistake, "%.200s", c.text)
		kind := graph.ValueError
		if strings.Contains(c.want, "does not fit") {
			kind = graph.OverflowError
		}
		require.Equal(t, kind, mistake.Kind)
		require.NotEmpty(t, mistake.Site.Text)
		require.ErrorContains(t, err, c.want, "%.200s", c.text)
		require.Less(t, len(err.Error()), 400)
		_, err = document.Buffers([]byte(c.text))
		require.Equal(t, c.lost, err != nil, "%.200s: %v", c.text, err)
	}
}

// TestBuffers finds the inputs of documents that are wrong otherwise.
func TestBuffers(t *testing.T) {
	for text, want := range map[string][]int64{
		of(input):                             {12},
		of(input + `, 3, null, [], ` + input): {12, 12},
		`{"nodes": [{"op": "input", "nbytes": 7, "kw": {"a": 1, "a": 2}}, {"op": 3}, {"op": null}, {"nbytes": -5}]}`: {7},
		`{"nodes": [{"Op": "input", "nbytes": 7}, {"op": "input", "NBytes": 3, "nbytes": 0}]}`:                       {0},
		`{"Nodes": [{"op": "input", "nbytes": 7}]}`:                                                                  nil,
		"  {\"nodes\"\n: [ {\"op\" : \"in\\u0070ut\" , \"nbytes\" : 5 } ] } \n":                                      {5},
		`{"nodes": null}`: nil,
		`"text"`:          nil,
	} {
		got, err := document.Buffers([]byte(text))
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
}

// TestArguments reads every kind of argument, in the forms it may have.
func TestArguments(t *testing.T) {
	at := func(n int) *int { return &n }
	huge, _ := new(big.Int).SetString("-123456789012345678901234567890", 10)
	for text, want := range map[string]document.Value{
		`null`:                          nil,
		` "text é\u0000"`:               "text é\x00",
		`[]`:                            []document.Value{},
		`[null, ["a"]]`:                 []document.Value{nil, []document.Value{"a"}},
		`{"dtype": "complex64"}`:        dtype.Complex64,
		`{"ellipsis": 1}`:               document.Ellipsis{},
		`{"slice": [null, null, null]}`: document.Slice{},
		`{"slice": [1, "-2", {"weak": "int", "v": "3"}]}`:                                document.Slice{Start: at(1), Stop: at(-2), Step: at(3)},
		`{"slice": [-99999999999999999999, 99999999999999999999, -9223372036854775808]}`: document.Slice{Start: at(-math.MaxInt), Stop: at(math.MaxInt), Step: at(-math.MaxInt)},
		`{"weak": "bool", "v": false}`:                                                   false,
		`{"v": "-0012", "weak": "int"}`:                                                  big.NewInt(-12),
		`{"weak": "int", "v": "-123456789012345678901234567890"}`:                        huge,
		`{"weak": "float", "v": "0x1.4p+1"}`:                                             2.5,
		`{"weak": "float", "v": "0x1.4000000000000p+1"}`:                                 2.5, // as Python writes it
		`{"weak": "float", "v": "-0X.8P1"}`:                                              -1.0,
		`{"weak": "float", "v": "0x0.0000000000001p-1022"}`:                              5e-324,
		`{"weak": "float", "v": "-inf"}`:                                                 math.Inf(-1),
		`{"weak": "complex", "v": ["0x1p+0", "inf"]}`:                                    complex(1, math.Inf(1)),
	} {
		doc, err := document.Decode([]byte(arg(text)))
		require.NoError(t, err, text)
		require.Equal(t, want, doc.Nodes[0].Args[0], text)
	}
}

// TestNumbers: floating-point numbers and integers come back as they were.
func TestNumbers(t *testing.T) {
	for _, v := range []float64{0, math.Copysign(0, -1), 1, -2.5, 0.1, 5e-324, -2.2250738585072014e-308, math.MaxFloat64, math.Pi, 1 << 60, 1e-5, math.Inf(1), math.Inf(-1), math.NaN()} {
		text, err := document.Encode(&document.Document{Verb: document.Meta, Nodes: []document.Node{{Op: "f", Args: []document.Value{v, complex(v, -v)}}}})
		require.NoError(t, err)
		doc, err := document.Decode(text)
		require.NoError(t, err, "%s", text)
		require.Equal(t, document.Meta, doc.Verb)
		got := doc.Nodes[0].Args[0].(float64)
		z := doc.Nodes[0].Args[1].(complex128)
		if v != v {
			require.True(t, got != got && real(z) != real(z) && imag(z) != imag(z))
			continue
		}
		require.Equal(t, math.Float64bits(v), math.Float64bits(got), "%s", text)
		require.Equal(t, math.Float64bits(v), math.Float64bits(real(z)))
		require.Equal(t, math.Float64bits(-v), math.Float64bits(imag(z)))
	}
	text, err := document.Encode(&document.Document{Nodes: []document.Node{{Op: "f", Args: []document.Value{2.5, 1e-5, -0.5}}}})
	require.NoError(t, err)
	for _, want := range []string{`"0x1.4p+1"`, `"0x1.4f8b588e368f1p-17"`, `"-0x1p-1"`} {
		require.Contains(t, string(text), want, "as printf and float.hex write it, without zeros that say nothing")
	}
}

// FuzzDecode: no text makes the reader panic, and what it reads is written and
// read as the same.
func FuzzDecode(f *testing.F) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		f.Fatal("no documents", err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	for _, text := range []string{of(input), arg(`{"slice": [1, "2", null]}, {"weak": "int", "v": "-7"}`), `{"nodes": [{"op": "input", "nbytes": 3}]}`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		sizes, lost := document.Buffers([]byte(text))
		doc, err := document.Decode([]byte(text))
		if err != nil {
			return
		}
		if lost != nil {
			t.Fatalf("%q is read, but not its buffers: %v", text, lost)
		}
		inputs := 0
		for _, n := range doc.Nodes {
			if n.Input != nil {
				if sizes[inputs] != n.Input.NBytes {
					t.Fatalf("%q: input %d has %d bytes or %d", text, inputs, sizes[inputs], n.Input.NBytes)
				}
				inputs++
			}
		}
		if inputs != len(sizes) {
			t.Fatalf("%q has %d inputs or %d", text, inputs, len(sizes))
		}
		once, err := document.Encode(doc)
		if err != nil {
			t.Fatal(err)
		}
		again, err := document.Decode(once)
		if err != nil {
			t.Fatalf("%q was written as %q: %v", text, once, err)
		}
		if twice, err := document.Encode(again); err != nil || string(twice) != string(once) {
			t.Fatalf("%q and then %q %v", once, twice, err)
		}
	})
}
