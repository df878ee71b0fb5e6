// Command exprserve evaluates expressions for expr_check.py, which compares the
// results with another implementation.
//
// It reads requests from standard input until that ends. A request is a line
// of JSON and then the elements of its inputs, little-endian in C order, one
// input after the other. The answer to each is a line of JSON and then the
// elements of its results.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

func main() {
	if err := serve(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(r io.Reader, w io.Writer) error {
	in, out := bufio.NewReaderSize(r, 1<<20), bufio.NewWriterSize(w, 1<<20)
	for {
		line, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return nil
		}
		if err != nil {
			return err
		}
		var q request
		if err := json.Unmarshal(line, &q); err != nil {
			return fmt.Errorf("request %q: %w", line, err)
		}
		for i := range q.Inputs {
			if err := q.Inputs[i].load(in); err != nil {
				return err
			}
		}
		a := q.answer()
		head, err := json.Marshal(a)
		if err != nil {
			return err
		}
		out.Write(append(head, '\n'))
		for _, data := range a.data {
			out.Write(data)
		}
		if err := out.Flush(); err != nil {
			return err
		}
	}
}
