package progress

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// pseudo is a terminal of the system, as two files of a program, and the file
// that tells what it shows.
func pseudo(t *testing.T) (screen, stdout, stderr *os.File) {
	t.Helper()
	screen, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	require.NoError(t, err)
	t.Cleanup(func() { _ = screen.Close() })
	fd := int(screen.Fd())
	require.NoError(t, unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0))
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	require.NoError(t, err)
	files := make([]*os.File, 2)
	for i := range files {
		files[i], err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
		require.NoError(t, err)
		t.Cleanup(func() { _ = files[i].Close() })
	}
	return screen, files[0], files[1]
}

// TestFilesOfOneTerminal checks that a terminal is known as one, and is the same
// by whichever file it is written to.
func TestFilesOfOneTerminal(t *testing.T) {
	t.Setenv("TERM", "xterm")
	screen, stdout, stderr := pseudo(t)
	require.NoError(t, unix.IoctlSetWinsize(int(screen.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Col: 50, Row: 12}))
	bar := Count(stderr, Title("a"), Total(10), Every(1))
	drawn := make([]byte, 0, 1024)
	for !strings.Contains(string(drawn), "0 of 10") {
		n, err := screen.Read(drawn[len(drawn):cap(drawn)])
		require.NoError(t, err)
		drawn = drawn[:len(drawn)+n]
	}
	const line = "  0 % [----------------------------] a  0 of 10"
	require.Equal(t, "\r\x1b[2K"+line, string(drawn))
	across, rows := bar.bar.display.size()
	require.Equal(t, []int{50, 12}, []int{across, rows})

	_, err := io.WriteString(Above(stdout), "a result\n")
	require.NoError(t, err)
	_, err = io.WriteString(Above(stderr), "a message\n")
	require.NoError(t, err)
	bar.Close()
	want := "\r\x1b[J" + "a result\r\n" + "\r\x1b[2K" + line +
		"\r\x1b[J" + "a message\r\n" + "\r\x1b[2K" + line +
		"\r\x1b[2K0 %  a  0 of 10 in "
	drawn = make([]byte, len(want))
	_, err = io.ReadFull(screen, drawn)
	require.NoError(t, err)
	require.Equal(t, want, string(drawn))
	require.NoError(t, stderr.Close())
	across, rows = bar.bar.display.size()
	require.Zero(t, across+rows, "the file is closed")

	t.Setenv("TERM", "dumb")
	require.Nil(t, where(stdout).size)
}
