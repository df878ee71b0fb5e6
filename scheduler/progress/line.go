package progress

import (
	"fmt"
	"strings"
	"unicode"
)

// line is what there is to say of a bar.
type line struct {
	part  float64 // how much is done, 0 to 1; negative if nobody knows
	whole bool    // it is the last line and all is done
	over  bool    // it is the last line
	title string
	rest  string
}

// percent is a part in whole percents. It is never 100: only last lines that
// say that all is done are.
func percent(part float64) int { return max(0, min(99, int(100*part))) }

// plain is the line for what is no terminal.
func (l line) plain() string {
	var b strings.Builder
	switch {
	case l.whole:
		b.WriteString("100 %  ")
	case l.part >= 0:
		fmt.Fprintf(&b, "%d %%  ", percent(l.part))
	}
	if l.title != "" {
		b.WriteString(l.title + "  ")
	}
	b.WriteString(l.rest)
	return b.String()
}

// Widths of what a line of a terminal can do with less of.
const (
	widestDrawing    = 28
	narrowestDrawing = 6
	narrowestTitle   = 12
)

// within is the line for a terminal, at most room columns wide. Where there is
// little room first the drawing becomes shorter, then the title; then there is no
// drawing, and then the end is missing.
func (l line) within(room int) string {
	if l.over || l.part < 0 {
		l.title = shorten(l.title, room-columns(l.plain())+columns(l.title))
		return cut(l.plain(), room)
	}
	head := fmt.Sprintf("%3d %% ", percent(l.part))
	tail := l.rest
	if l.title != "" {
		tail = l.title + "  " + l.rest
	}
	width := min(widestDrawing, room-columns(head)-columns("[] ")-columns(tail))
	if width < narrowestDrawing && l.title != "" {
		l.title = shorten(l.title, columns(l.title)-(narrowestDrawing-width))
		tail = l.title + "  " + l.rest
		width = min(widestDrawing, room-columns(head)-columns("[] ")-columns(tail))
	}
	if width < narrowestDrawing {
		return cut(head+tail, room)
	}
	return head + drawing(l.part, width) + " " + tail
}

// drawing is the part that is done as a bar of width characters and brackets.
func drawing(part float64, width int) string {
	full := max(0, min(width, int(part*float64(width))))
	return "[" + strings.Repeat("#", full) + strings.Repeat("-", width-full) + "]"
}

// shorten is a title of at most room columns, or of the least that is still of
// use.
func shorten(title string, room int) string {
	room = max(room, narrowestTitle)
	if columns(title) <= room {
		return title
	}
	return cut(title, room-3) + "..."
}

// cut is what of text fits into room columns, in whole characters.
func cut(text string, room int) string {
	used := 0
	for i, r := range text {
		if used += runeColumns(r); used > room {
			return text[:i]
		}
	}
	return text
}

// columns is how wide text is on a terminal.
func columns(text string) int {
	n := 0
	for _, r := range text {
		n += runeColumns(r)
	}
	return n
}

// wide are the characters that take two columns: those of East Asian scripts,
// and emoji. Some of the blocks have narrow ones too; a text that is thought to
// be wider than it is does no harm.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x1100, 0x115f, 1}, {0x231a, 0x23ff, 1}, {0x2600, 0x27bf, 1}, {0x2b00, 0x2bff, 1}, {0x2e80, 0xa4cf, 1},
		{0xa960, 0xa97f, 1}, {0xac00, 0xd7a3, 1}, {0xf900, 0xfaff, 1}, {0xfe30, 0xfe6f, 1}, {0xff00, 0xff60, 1}, {0xffe0, 0xffe6, 1},
	},
	R32: []unicode.Range32{{0x16fe0, 0x18cff, 1}, {0x1aff0, 0x1b2ff, 1}, {0x1f000, 0x1faff, 1}, {0x20000, 0x3fffd, 1}},
}

func runeColumns(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case unicode.Is(wide, r):
		return 2
	}
	return 1
}

// printable is text on one line: what is no visible character becomes a space.
func printable(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) || r == joiner || r == nonJoiner {
			return r
		}
		return ' '
	}, text))
}

// Invisible characters that belong to words and emoji.
const (
	nonJoiner = '\u200c'
	joiner    = '\u200d'
)
