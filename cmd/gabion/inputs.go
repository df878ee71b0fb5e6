package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"gabion/array"
	"gabion/io/open"
)

// input is one --in: [NAME=]FILE[:VARIABLE].
type input struct{ name, path, variable string }

// parseInput reads the value of --in. Names of files may hold '=' and ':': what
// exists as a file is one. A drive letter such as C: is not a file.
func parseInput(text string) (input, error) {
	text = unguarded(text)
	path, variable, exists := splitVariable(text)
	if exists {
		return input{path: path, variable: variable}, checked(text, path, variable)
	}
	name, rest, named := strings.Cut(text, "=")
	switch {
	case !named:
		return input{path: path, variable: variable}, checked(text, path, variable)
	case !isIdentifier(name):
		return input{}, usagef("--in %s: %q cannot be a name in an expression: use letters, digits and _, beginning with a letter", text, name)
	}
	path, variable, _ = splitVariable(rest)
	return input{name, path, variable}, checked(text, path, variable)
}

func checked(text, path, variable string) error {
	switch {
	case path == "":
		return usagef("--in %q names no file: write [NAME=]FILE[:VARIABLE]", text)
	case variable == "" && strings.HasSuffix(text, ":"):
		return usagef("--in %q: no variable follows the colon; leave it out for all of them", text)
	}
	return nil
}

// splitVariable divides FILE:VARIABLE, at the last colon before which there is
// a file, or at the last one if there is no file at all.
func splitVariable(text string) (path, variable string, exists bool) {
	if isThere(text) {
		return text, "", true
	}
	colons := []int{}
	for i, r := range text {
		if r == ':' {
			colons = append(colons, i)
		}
	}
	slices.Reverse(colons)
	for _, i := range colons {
		if isThere(text[:i]) && !isDrive(text, i) {
			return text[:i], text[i+1:], true
		}
	}
	for _, i := range colons {
		if !isDrive(text, i) && !strings.HasPrefix(text[i:], "://") {
			return text[:i], text[i+1:], false
		}
	}
	return text, "", false
}

func isThere(path string) bool {
	_, err := os.Stat(path)
	return path != "" && err == nil
}

// isDrive reports whether the colon at i follows a drive letter: C:\ or C:/.
func isDrive(text string, i int) bool {
	return i == 1 && len(text) > 2 && (text[2] == '\\' || text[2] == '/') && unicode.IsLetter(rune(text[0]))
}

func isIdentifier(name string) bool { return name != "" && name == identifier(name) }

// identifier is a name in which everything that an expression does not take in
// a name is replaced by _.
func identifier(name string) string {
	var b strings.Builder
	for i, r := range name {
		switch {
		case r == '_' || unicode.IsLetter(r):
			b.WriteRune(r)
		case unicode.IsDigit(r):
			if i == 0 {
				b.WriteByte('_')
			}
			b.WriteRune(r)
		default:
			b.WriteByte('_')
		}
	}
	if b.Len() == 0 || b.String() == "_" {
		return "x"
	}
	return b.String()
}

// candidate is a variable that an expression may name.
type candidate struct{ path, variable string }

func (c candidate) String() string {
	if c.variable == "" {
		return c.path
	}
	return c.path + ":" + c.variable
}

// candidates are the variables of the inputs by the names that expressions use:
// the given one, or that of the variable, or of the file where it is one array.
func candidates(inputs []input) (map[string][]candidate, error) {
	named := map[string][]candidate{}
	add := func(name string, c candidate) {
		if !slices.Contains(named[name], c) {
			named[name] = append(named[name], c)
		}
	}
	for _, in := range inputs {
		info, err := open.Describe(in.path)
		if err != nil {
			return nil, err
		}
		listed := func(v open.Variable) bool { return !info.Single && v.Name == in.variable }
		if in.variable != "" && !slices.ContainsFunc(info.Variables, listed) {
			if _, err := open.Open(in.path, in.variable); err != nil { // which says what there is
				return nil, err
			}
		}
		data := info.Data()
		base := in.variable[strings.LastIndexByte(in.variable, '/')+1:]
		switch {
		case in.name != "" && in.variable == "" && len(data) > 1:
			return nil, usagef("--in %s=%s: the file holds %d variables: write %s=%s:%s, or leave the name out",
				in.name, in.path, len(data), in.name, in.path, data[0].Name)
		case in.name != "":
			add(in.name, candidate{in.path, in.variable})
		case in.variable != "":
			add(identifier(base), candidate{in.path, in.variable})
		case info.Single:
			add(identifier(stem(in.path)), candidate{in.path, ""})
		case len(data) == 0:
			_, err := open.Open(in.path, "")
			return nil, err
		default:
			for _, v := range data {
				add(identifier(v.Name[strings.LastIndexByte(v.Name, '/')+1:]), candidate{in.path, v.Name})
			}
		}
	}
	return named, nil
}

// stem is the name of a file without its folder and ending.
func stem(path string) string {
	base := filepath.Base(filepath.Clean(path))
	if name := strings.TrimSuffix(base, filepath.Ext(base)); name != "" {
		return name
	}
	return base
}

// openInputs opens the variables that are used, and knows the names of the
// others. memory is for smallBlocks.
func openInputs(inputs []input, used []string, memory int64) (map[string]array.Array, error) {
	named, err := candidates(inputs)
	if err != nil {
		return nil, err
	}
	arrays := make(map[string]array.Array, len(named))
	for name, choices := range named {
		switch {
		case !slices.Contains(used, name):
			arrays[name] = array.Array{} // which an expression without it never touches
			continue
		case len(choices) > 1:
			return nil, usagef("%d inputs are called %s, such as %v and %v: name one, as in --in NAME=%v",
				len(choices), name, choices[0], choices[1], choices[1])
		}
		source, err := open.Open(choices[0].path, choices[0].variable)
		if err != nil {
			return nil, err
		}
		arrays[name] = array.From(smallBlocks(source, memory)).MadeAt("input " + name)
		if err := arrays[name].Err(); err != nil {
			return nil, fmt.Errorf("%v: %w", choices[0], err)
		}
	}
	return arrays, nil
}
