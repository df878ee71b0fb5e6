//go:build !unix

package progress

import "os"

// terminal tells that a file is no terminal: consoles that need to be set up
// before lines can be replaced get plain lines.
func terminal(*os.File) (size func() (columns, rows int), device any) { return nil, nil }
