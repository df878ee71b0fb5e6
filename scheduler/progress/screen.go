package progress

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// What a terminal is told, all of it in one write, so that nothing flickers. A
// line is erased as a whole: one that is overwritten, and erased from there on,
// is for some terminals as long as it ever was, and wraps when they become
// narrower.
const (
	newLine    = "\r\x1b[2K"
	eraseBelow = "\x1b[J" // from the cursor on
)

// screen brings a terminal up to date: the last lines of closed bars stay above
// the lines of open ones. The pen is held.
func (d *display) screen(now time.Time, open, closed []*bar, due bool) {
	if !due && len(closed) == 0 {
		return
	}
	across, rows := d.extent()
	room := across - 1 // a full line would wrap, and could not be replaced
	var last []string
	for _, b := range closed {
		if !b.passes {
			last = append(last, b.last(b.end.Sub(b.start)).within(room))
		}
	}
	lines := frame(now, open, room, rows-1)
	if len(last) == 0 && across == d.across && slices.Equal(lines, d.drawn) {
		return
	}
	_, _ = d.w.Write([]byte(d.replace(last, lines, across)))
}

// extent is the size of the terminal.
func (d *display) extent() (across, rows int) {
	across, rows = d.size()
	if across <= 0 {
		across = 80
	}
	if rows <= 0 {
		rows = 24
	}
	return across, rows
}

// frame is the lines of open bars, as many as there is room for.
func frame(now time.Time, open []*bar, room, rows int) []string {
	rows = max(1, rows)
	more := len(open) - rows
	if more > 0 {
		open = open[:rows]
		if rows > 1 {
			open = open[:rows-1]
			more++
		}
	}
	var lines []string
	for _, b := range open {
		if l, ok := b.line(now, true); ok {
			lines = append(lines, l.within(room))
		}
	}
	if more > 0 && rows > 1 {
		lines = append(lines, cut(fmt.Sprintf("and %d more", more), room))
	}
	return lines
}

// replace is what replaces the lines of bars on the screen by last lines, which
// stay, and below them new lines of bars. The cursor stays at the end of these.
func (d *display) replace(last, lines []string, across int) string {
	rows := d.rows(across)
	var b strings.Builder
	b.WriteString(upTo(rows))
	for _, text := range last {
		if rows == 0 && len(lines) == 0 {
			b.WriteString(text + "\n") // there is nothing to overwrite
			continue
		}
		b.WriteString(newLine + text + "\n")
	}
	for i, text := range lines {
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString(newLine + text)
	}
	if len(last)+len(lines) < rows {
		if len(lines) == 0 {
			b.WriteString("\r")
		}
		b.WriteString(eraseBelow)
	}
	d.drawn, d.across = lines, across
	return b.String()
}

// rows is how many rows of the screen the lines of bars take. Most terminals
// wrap them when they become narrower.
func (d *display) rows(across int) int {
	n := 0
	for _, text := range d.drawn {
		n += max(1, (columns(text)+across-1)/across)
	}
	return n
}

// upTo moves the cursor to the first of rows rows, of which it is in the last.
func upTo(rows int) string {
	if rows < 2 {
		return ""
	}
	return fmt.Sprintf("\x1b[%dA", rows-1)
}
