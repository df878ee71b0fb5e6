//go:build unix

package progress

import (
	"os"

	"golang.org/x/sys/unix"
)

// terminal is how to ask for the size of the terminal that a file is, which may
// change, and what tells that terminal from others, whichever file it is opened
// as. size is nil if the file is no terminal that lines can be replaced on.
func terminal(file *os.File) (size func() (columns, rows int), device any) {
	if os.Getenv("TERM") == "dumb" {
		return nil, nil
	}
	conn, err := file.SyscallConn()
	if err != nil {
		return nil, nil
	}
	ask := func() (*unix.Winsize, error) {
		var size *unix.Winsize
		var err error
		if closed := conn.Control(func(fd uintptr) { size, err = unix.IoctlGetWinsize(int(fd), unix.TIOCGWINSZ) }); closed != nil {
			return nil, closed
		}
		return size, err
	}
	if _, err := ask(); err != nil {
		return nil, nil
	}
	var stat unix.Stat_t
	if closed := conn.Control(func(fd uintptr) { err = unix.Fstat(int(fd), &stat) }); closed == nil && err == nil {
		device = tty{uint64(stat.Dev), uint64(stat.Ino), uint64(stat.Rdev)}
	}
	return func() (columns, rows int) {
		size, err := ask()
		if err != nil {
			return 0, 0
		}
		return int(size.Col), int(size.Row)
	}, device
}

type tty struct{ dev, ino, rdev uint64 }
