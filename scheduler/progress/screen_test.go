package progress

import (
	"bytes"
	"cmp"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// TestMain fails when a test leaves a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// pass moves a test's clock forward and lets the display do what is due.
func pass(d time.Duration) {
	time.Sleep(d) // of the clock of synctest.Test
	synctest.Wait()
}

// count opens a bar that is closed with the test, however that ends.
func count(t *testing.T, w io.Writer, options ...Option) *Counter {
	bar := Count(w, options...)
	t.Cleanup(bar.Close)
	return bar
}

// monitor is a terminal. It understands what a display may write, and fails at
// anything else.
type monitor struct {
	t *testing.T

	mu            sync.Mutex
	columns, rows int      // 0 if the terminal does not tell
	lines         [][]rune // all there ever were, 0 for the second half of a wide character
	x, y          int
	wrapped       int // how often a line was longer than the screen
	writes        int
	raw           bytes.Buffer
}

func newMonitor(t *testing.T, columns, rows int) *monitor {
	return &monitor{t: t, columns: columns, rows: rows, lines: make([][]rune, 1)}
}

func (m *monitor) TerminalSize() (columns, rows int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.columns, m.rows
}

func (m *monitor) Write(p []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.writes++
	m.raw.Write(p)
	text := []rune(string(p))
	for i := 0; i < len(text); i++ {
		switch r := text[i]; {
		case r == '\r':
			m.x = 0
		case r == '\n':
			m.down()
		case r == '\x1b':
			n := 0
			for i += 2; text[i] >= '0' && text[i] <= '9'; i++ {
				n = n*10 + int(text[i]-'0')
			}
			m.escape(text[i], n)
		case r < ' ':
			m.t.Errorf("%q on the terminal", r)
		default:
			m.put(r)
		}
	}
	return len(p), nil
}

func (m *monitor) escape(code rune, n int) {
	switch code {
	case 'A':
		m.y = max(m.y-n, 0, len(m.lines)-cmp.Or(m.rows, 24))
	case 'K':
		require.Equal(m.t, 2, n)
		m.lines[m.y] = nil
	case 'J': // erased characters are spaces, which wrap
		for i := m.x; i < len(m.lines[m.y]); i++ {
			m.lines[m.y][i] = ' '
		}
		if m.x == 0 {
			m.lines[m.y] = nil
		}
		m.lines = m.lines[:m.y+1]
	default:
		m.t.Errorf("an escape sequence ending in %q on the terminal", code)
	}
}

func (m *monitor) down() {
	m.x = 0
	if m.y++; m.y == len(m.lines) {
		m.lines = append(m.lines, nil)
	}
}

func (m *monitor) put(r rune) {
	cells := []rune{r}
	if r >= 0x1100 { // enough for the characters in the tests
		cells = append(cells, 0)
	}
	if m.x+len(cells) > cmp.Or(m.columns, 80) {
		m.wrapped++
		m.down()
	}
	for len(m.lines[m.y]) < m.x+len(cells) {
		m.lines[m.y] = append(m.lines[m.y], ' ')
	}
	copy(m.lines[m.y][m.x:], cells)
	m.x += len(cells)
}

// narrow makes the terminal narrower, which wraps the lines that are longer.
func (m *monitor) narrow(columns int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.columns = columns
	var lines [][]rune
	for i, line := range m.lines {
		if i == m.y {
			m.x %= columns
		}
		for len(line) > columns {
			lines = append(lines, line[:columns:columns])
			line = line[columns:]
		}
		lines = append(lines, line)
		if i == m.y {
			m.y = len(lines) - 1
		}
	}
	m.lines = lines
}

// text is what is on the terminal, and has been scrolled off it.
func (m *monitor) text() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var b strings.Builder
	for i, line := range m.lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(strings.TrimRight(strings.ReplaceAll(string(line), "\x00", ""), " "))
	}
	return b.String()
}

func (m *monitor) shows(want string) {
	m.t.Helper()
	require.Equal(m.t, want, m.text())
}

// output is what a display has written.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}
