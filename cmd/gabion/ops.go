package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"gabion/internal/op"
)

// opsCommand is gabion ops.
type opsCommand struct {
	JSON     bool `name:"json" xor:"form" help:"As JSON, for programs."`
	Markdown bool `xor:"form" help:"As the page docs/operations.md."`
}

// Run runs gabion ops.
func (c *opsCommand) Run(to streams) error {
	var err error
	switch {
	case c.JSON:
		encoder := json.NewEncoder(to.out)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", " ")
		err = encoder.Encode(operations())
	case c.Markdown:
		_, err = to.out.Write([]byte(operationsPage()))
	default:
		table := tabwriter.NewWriter(to.out, 0, 8, 2, ' ', 0)
		fmt.Fprintln(table, "OPERATION\tCLASS\tALSO CALLED\tWHAT IT IS")
		for _, row := range op.Public() {
			fmt.Fprintf(table, "%s\t%v\t%s\t%s\n", row.Call(), row.Class, strings.Join(row.NumPy, ", "), row.Doc)
		}
		err = table.Flush()
	}
	return err
}

// operation is a row of the table for other programs.
type operation struct {
	Name    op.Name     `json:"name"`
	Class   string      `json:"class"`
	Params  []parameter `json:"params"`
	Results int         `json:"results"`
	NumPy   []string    `json:"numpy"`
	Doc     string      `json:"doc"`
	Note    string      `json:"note,omitempty"`
}

type parameter struct {
	Name     string `json:"name"`
	Kind     string `json:"kind"`
	Optional bool   `json:"optional"`
	NumPy    string `json:"numpy,omitempty"`
}

func operations() []operation {
	var list []operation
	for _, row := range op.Public() {
		o := operation{Name: row.Name, Class: row.Class.String(), Results: row.Outputs, NumPy: append([]string{}, row.NumPy...), Doc: row.Doc, Note: row.Note}
		for _, p := range row.Signature() {
			o.Params = append(o.Params, parameter{p.Name, p.Kind.String(), p.Optional, p.NumPy})
		}
		list = append(list, o)
	}
	return list
}
