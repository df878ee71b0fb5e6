//go:build !unix

package progress

import "io"

// terminalWidth tells that w is no terminal: consoles that need to be set up
// before lines can be replaced get plain lines.
func terminalWidth(io.Writer) (width func() int, terminal bool) { return nil, false }
