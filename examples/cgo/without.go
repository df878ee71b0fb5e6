//go:build !(cgo_example && cgo)

// Command cgo calls a C function from tasks and from the blocks of an array. It
// was built without C and says how to build it.
package main

import (
	"fmt"
	"io"
	"os"
)

func main() { os.Exit(refuse(os.Stderr)) }

// refuse says how to run the example and gives the exit status of wrong use.
func refuse(out io.Writer) int {
	fmt.Fprintln(out, "cgo: this example needs a C compiler and is left out of ordinary builds; run it with")
	fmt.Fprintln(out, "\tCGO_ENABLED=1 go run -tags cgo_example ./examples/cgo")
	return 2
}
