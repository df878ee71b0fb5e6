package progress

import (
	"bytes"
	"io"
	"slices"
)

// longest is how much of a line without an end Above keeps back.
const longest = 64 << 10

// Above is a writer to w whose lines appear above the bars that are open there:
//
//	log.SetOutput(progress.Above(os.Stderr))
//
// If no bar is open, it is w itself. While one is, a line is kept back until it
// is complete, or all bars are closed; after 64 KiB it is broken. Bars on
// another file that is the same terminal count too, so that a program whose bars
// are on standard error may write its results to Above(os.Stdout).
//
// It is safe for several goroutines as far as no two lines are mixed. What it
// returns is w's error, and then it may not be known what w has taken.
func Above(w io.Writer) io.Writer {
	if w == nil {
		return io.Discard
	}
	p := where(w)
	if p.key == nil {
		return w // no bar can be known to be on the same writer
	}
	return &above{place: p}
}

type above struct {
	place
	half []byte // the beginning of a line; the display's pen covers it
}

func (a *above) Write(text []byte) (int, error) {
	d := a.use()
	defer d.leave()
	d.pen.Lock()
	defer d.pen.Unlock()
	if !d.busy() && len(a.half) == 0 {
		return a.w.Write(text)
	}
	all := append(a.half[:len(a.half):len(a.half)], text...)
	end := bytes.LastIndexByte(all, '\n') + 1
	if len(all)-end > longest {
		all = append(all, '\n')
		end = len(all)
	}
	if !d.busy() {
		end = len(all)
	}
	if err := d.insert(a.w, all[:end]); err != nil {
		return 0, err
	}
	a.half = bytes.Clone(all[end:])
	d.halves = slices.DeleteFunc(d.halves, func(other *above) bool { return other == a })
	if len(a.half) > 0 {
		d.halves = append(d.halves, a)
	}
	return len(text), nil
}

// busy tells whether there is anything on the writer that may not be torn.
func (d *display) busy() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.works
}

// insert writes text to w where the bars are, and the bars below it. The pen is
// held.
func (d *display) insert(w io.Writer, text []byte) error {
	if len(text) == 0 {
		return nil
	}
	if len(d.drawn) == 0 || d.dead {
		_, err := w.Write(text)
		return err
	}
	var clear, again string
	d.guard(func() {
		across, _ := d.extent()
		var lines []string
		for _, text := range d.drawn {
			lines = append(lines, cut(text, across-1)) // the terminal may be narrower now
		}
		clear = upTo(d.rows(across)) + "\r" + eraseBelow
		d.drawn = nil
		again = d.replace(nil, lines, across)
	})
	if w == d.w {
		_, err := w.Write(slices.Concat([]byte(clear), text, []byte(again)))
		return err
	}
	d.guard(func() { _, _ = d.w.Write([]byte(clear)) })
	_, err := w.Write(text)
	d.guard(func() { _, _ = d.w.Write([]byte(again)) })
	return err
}

// flush writes the lines that are kept back, when no bar is left.
func (d *display) flush() {
	d.pen.Lock()
	defer d.pen.Unlock()
	if d.busy() {
		return // a bar was opened
	}
	for _, a := range d.halves {
		d.guard(func() { _, _ = a.w.Write(a.half) })
		a.half = nil
	}
	d.halves = nil
}
