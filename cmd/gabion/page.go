package main

import (
	"fmt"
	"strings"

	"gabion/internal/op"
)

// pageParts are the parts of the page of operations, by class.
var pageParts = []struct {
	title string
	class op.Class
}{
	{"Making arrays", op.Input},
	{"Elementwise", op.Elementwise},
	{"Reductions", op.Reduction},
	{"Views", op.View},
	{"Reshaping", op.Reshaping},
	{"Joining", op.Concatenation},
	{"Picking", op.Gathering},
	{"Along an axis", op.Blockwise},
	{"Products", op.Contraction},
	{"Chunks", op.Regridding},
	{"Functions of blocks", op.Function},
}

const pageHead = `# Operations

<!-- gabion ops --markdown writes this page from the table of operations. go test ./cmd/gabion -update does too. -->

Names, parameters and their order are those of the Python Array API standard (2024.12) where it has the operation, and of NumPy otherwise.
So they are called in plan documents ([plan-document.md](plan-document.md)) and, with the same names, in expressions
(` + "`go doc gabion/array/expr`" + `). What is followed by ` + "`=…`" + ` may be left out. In Go they are methods of ` + "`array.Array`" + ` and functions of package ` + "`array`" + `.

Results have the types, shapes and values that NumPy 2 gives, or what the last column says. Element types promote as in NumPy 2, and so do
literals: they give way to the type of the arrays they meet. No operation changes its operands. What a plan needs of the memory budget at
least, and takes at most, is known before it runs (` + "`array.Explain`" + `).

` + "`read`" + ` is for plan documents alone, which also have ` + "`input`" + ` and ` + "`write`" + `. What takes a function of Go is for Go alone; a function of whole
blocks that is registered under a name is called by ` + "`map_blocks`" + `.
`

// operationsPage is docs/operations.md.
func operationsPage() string {
	var b strings.Builder
	b.WriteString(pageHead)
	for _, part := range pageParts {
		writePart(&b, part.title, part.class)
	}
	b.WriteString("\n## What is not there\n\nOf the standard's functions:\n\n")
	for _, section := range op.Standard {
		var missing []string
		for _, name := range section.Names {
			if op.Find(string(name)) == nil {
				missing = append(missing, "`"+string(name)+"`")
			}
		}
		if len(missing) > 0 {
			fmt.Fprintf(&b, "- **%s**: %s\n", section.Title, strings.Join(missing, ", "))
		}
	}
	b.WriteString("\nOf the parameters of those that are there:\n\n")
	for _, p := range op.Parameters {
		fmt.Fprintf(&b, "- **%s**: %s\n", p.Functions, p.What)
	}
	missing := make([]string, len(op.Missing))
	for i, name := range op.Missing {
		missing[i] = "`" + string(name) + "`"
	}
	fmt.Fprintf(&b, "\nOf NumPy's other functions, among others: %s.\n", strings.Join(missing, ", "))
	b.WriteString("\nFunctions about types and devices, and those that take arrays over from other libraries, are not operations.\n")
	return b.String()
}

func writePart(b *strings.Builder, title string, class op.Class) {
	fmt.Fprintf(b, "\n## %s\n\n%s\n\n| operation | also called | what it is | better, or different on purpose |\n|---|---|---|---|\n", title, class.Keeps())
	for _, row := range op.Public() {
		if row.Kept() != class {
			continue
		}
		names := make([]string, len(row.NumPy))
		for i, name := range row.NumPy {
			names[i] = "`" + name + "`"
		}
		what := row.Doc
		if row.Outputs != 1 {
			what = "several results: " + what
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", row.Call(), strings.Join(names, ", "), cell(what), cell(row.Note))
	}
}

// cell is text within a table.
func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
