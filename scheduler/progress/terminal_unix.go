//go:build unix

package progress

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// terminalWidth tells whether w is a terminal that lines can be replaced on, and
// how to ask for its width in characters, which may change.
func terminalWidth(w io.Writer) (width func() int, terminal bool) {
	file, ok := w.(*os.File)
	if !ok || os.Getenv("TERM") == "dumb" {
		return nil, false
	}
	ask := func() (int, error) {
		size, err := unix.IoctlGetWinsize(int(file.Fd()), unix.TIOCGWINSZ)
		if err != nil {
			return 0, err
		}
		return int(size.Col), nil
	}
	if _, err := ask(); err != nil {
		return nil, false
	}
	return func() int {
		columns, err := ask()
		if err != nil || columns == 0 {
			return 80
		}
		return columns
	}, true
}
