package array

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"gabion/block"
	"gabion/dtype"
)

// FormatOptions say how elements are printed. The zero value prints as NumPy
// does.
type FormatOptions struct {
	Threshold int // arrays of more elements are shortened; 0 means 1000
	EdgeItems int // how many are left at each end of an axis; 0 means 3
	Precision int // the most decimals of floating-point numbers; 0 means 8
	Width     int // characters a line; 0 means 75
}

func (o *FormatOptions) ensureDefaults() {
	for _, f := range []struct {
		field *int
		value int
	}{{&o.Threshold, 1000}, {&o.EdgeItems, 3}, {&o.Precision, 8}, {&o.Width, 75}} {
		if *f.field <= 0 {
			*f.field = f.value
		}
	}
}

// Format is the elements of b as NumPy prints them: in brackets, in columns,
// shortened in the middle of the axes where there are many.
func Format(b block.Block, o FormatOptions) string {
	o.ensureDefaults()
	if len(b.Strides) != len(b.Shape) || !b.DType.Valid() {
		return "[]"
	}
	elided := make([]bool, len(b.Shape))
	corners := []block.Block{b}
	if b.Elements() > o.Threshold {
		for axis, n := range b.Shape {
			if elided[axis] = n > 2*o.EdgeItems; !elided[axis] {
				continue
			}
			var next []block.Block
			for _, c := range corners {
				for _, start := range []int{0, n - o.EdgeItems} {
					r := block.Whole(c.Shape).Clone()
					r.Start[axis], r.Shape[axis] = start, o.EdgeItems
					next = append(next, c.Part(r))
				}
			}
			corners = next
		}
	}
	return format(join(corners, elided), elided, o)
}

// join is one block of the corners of an array, of which each marked axis was
// cut in two, the last one fastest.
func join(corners []block.Block, cut []bool) block.Block {
	shape := append(block.Shape{}, corners[0].Shape...)
	for axis := range shape {
		if cut[axis] {
			shape[axis] *= 2
		}
	}
	d := corners[0].DType
	out := block.Dense(d, shape, dtype.Bytes(make([]uint64, (shape.Elements()*d.Size()+7)/8)))
	for i, c := range corners {
		r := block.Region{Start: make([]int, len(shape)), Shape: c.Shape}
		for axis := len(shape) - 1; axis >= 0; axis-- {
			if cut[axis] {
				r.Start[axis] = i % 2 * c.Shape[axis]
				i /= 2
			}
		}
		block.Copy(out.Part(r), c)
	}
	return out
}

// Preview computes what Format shows of the array, with the default options,
// and formats it. Of a large array only the corners are computed.
func Preview(ctx context.Context, a Array, opts ...RunOption) (string, error) {
	var o FormatOptions
	o.ensureDefaults()
	a = a.WithPlace("the corners that are shown")
	elided := make([]bool, a.Rank())
	if a.Size() > o.Threshold {
		for axis, n := range a.Shape() {
			if elided[axis] = n > 2*o.EdgeItems; elided[axis] {
				head, tail := make([]Index, axis+1), make([]Index, axis+1)
				for i := range axis {
					head[i], tail[i] = All(), All()
				}
				head[axis], tail[axis] = Range(0, o.EdgeItems), Range(-o.EdgeItems, Open)
				a = Concatenate([]Array{a.Index(head...), a.Index(tail...)}, axis)
			}
		}
	}
	blocks, err := compute(ctx, "preview", []Array{a}, opts)
	if err != nil {
		return "", err
	}
	return format(blocks[0], elided, o), nil
}

// format prints a dense block, of which the middle of the marked axes was left
// out.
func format(b block.Block, elided []bool, o FormatOptions) string {
	switch {
	case len(b.Shape) == 0:
		v, _ := dtype.ScalarFromBytes(b.DType, b.DenseBytes())
		return scalarText(v)
	case b.Elements() == 0:
		return "[]"
	}
	l := layout{words: words(b, o.Precision), strides: b.Shape.Strides(), shape: b.Shape, elided: elided}
	return l.lines(0, 0, " ", o.Width)
}

// layout puts words in brackets and lines.
type layout struct {
	words   []string
	shape   block.Shape
	strides []int
	elided  []bool
}

// lines is the part of the array from element first on, along axis and those
// after it. indent is what lines start with inside of the brackets.
func (l *layout) lines(axis, first int, indent string, width int) string {
	n := l.shape[axis]
	items := make([]string, 0, n+1)
	for i := range n {
		if l.elided[axis] && i == n/2 {
			items = append(items, "...")
		}
		at := first + i*l.strides[axis]
		if axis == len(l.shape)-1 {
			items = append(items, l.words[at])
		} else {
			items = append(items, l.lines(axis+1, at, indent+" ", width-1))
		}
	}
	if axis < len(l.shape)-1 {
		return "[" + strings.Join(items, strings.Repeat("\n", len(l.shape)-1-axis)+indent) + "]"
	}
	var b strings.Builder
	line := indent
	for i, item := range items {
		if len(line)+len(item) > width-1 && len(line) > len(indent) {
			b.WriteString(strings.TrimRight(line, " ") + "\n")
			line = indent
		}
		line += item
		if i < len(items)-1 {
			line += " "
		}
	}
	b.WriteString(line)
	return "[" + b.String()[len(indent):] + "]"
}

// words are the elements of a dense block as text of one width.
func words(b block.Block, precision int) []string {
	switch d := b.DType; d {
	case dtype.Complex64, dtype.Complex128:
		re, im := make([]float64, b.Elements()), make([]float64, b.Elements())
		for i := range re {
			if d == dtype.Complex64 {
				c := dtype.Slice[complex64](b.DenseBytes())[i]
				re[i], im[i] = float64(real(c)), float64(imag(c))
			} else {
				c := dtype.Slice[complex128](b.DenseBytes())[i]
				re[i], im[i] = real(c), imag(c)
			}
		}
		out, imaginary := floatWords(re, d.Real(), precision, false), floatWords(im, d.Real(), precision, true)
		for i, word := range imaginary {
			number := strings.TrimRight(word, " ")
			out[i] += number + "j" + word[len(number):]
		}
		return out
	case dtype.Float16, dtype.Float32, dtype.Float64:
		values := make([]float64, b.Elements())
		for i := range values {
			switch d {
			case dtype.Float16:
				values[i] = float64(dtype.Slice[dtype.Half](b.DenseBytes())[i].Float32())
			case dtype.Float32:
				values[i] = float64(dtype.Slice[float32](b.DenseBytes())[i])
			default:
				values[i] = dtype.Slice[float64](b.DenseBytes())[i]
			}
		}
		return floatWords(values, d, precision, false)
	}
	out := make([]string, b.Elements())
	width := 0
	size := b.DType.Size()
	for i := range out {
		v, _ := dtype.ScalarFromBytes(b.DType, b.DenseBytes()[i*size:])
		out[i] = scalarText(v)
		width = max(width, len(out[i]))
	}
	if b.DType == dtype.Bool {
		width = len("False")
	}
	for i := range out {
		out[i] = pad(width-len(out[i])) + out[i]
	}
	return out
}

func pad(n int) string { return strings.Repeat(" ", max(0, n)) }

// floatWords are numbers of type d, aligned at their decimal points: with as
// few decimals as tell them from their neighbours, but no more than precision,
// and with exponents where their magnitudes differ much. Positive numbers get a
// sign if signs is set.
func floatWords(values []float64, d dtype.DType, precision int, signs bool) []string {
	exponents := needExponents(values, d)
	type parts struct{ whole, decimals, exponent string }
	split := make([]parts, len(values))
	var most parts // the longest of each, by length
	finite, negative := false, false
	longer := func(a *string, b string) {
		if len(b) > len(*a) {
			*a = b
		}
	}
	for i, v := range values {
		negative = negative || math.IsInf(v, -1)
		if math.IsNaN(v) || math.IsInf(v, 0) {
			continue
		}
		finite = true
		text := decimal(v, d, precision, exponents)
		if signs && !math.Signbit(v) {
			text = "+" + text
		}
		p := &split[i]
		text, p.exponent, _ = strings.Cut(text, "e")
		p.whole, p.decimals, _ = strings.Cut(text, ".")
		p.decimals = strings.TrimRight(p.decimals, "0")
		longer(&most.whole, p.whole)
		longer(&most.decimals, p.decimals)
		longer(&most.exponent, p.exponent)
	}
	left, right := len(most.whole), len(most.decimals)
	if exponents && finite {
		right += 1 + len(most.exponent)
	}
	out := make([]string, len(values))
	for i, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			out[i] = nonFinite(v, signs)
			left = max(left, len("nan")-right-1)
			if negative || signs {
				left = max(left, len("-inf")-right-1)
			}
		}
	}
	for i, p := range split {
		if out[i] != "" {
			out[i] = pad(left+1+right-len(out[i])) + out[i]
			continue
		}
		if exponents {
			// With as many decimals as the longest has.
			text := strconv.FormatFloat(values[i], 'e', len(most.decimals), 64)
			if signs && !math.Signbit(values[i]) {
				text = "+" + text
			}
			text, p.exponent, _ = strings.Cut(text, "e")
			p.whole, p.decimals, _ = strings.Cut(text, ".")
			zeros := strings.Repeat("0", len(most.exponent)-len(p.exponent))
			p.decimals += "e" + p.exponent[:1] + zeros + p.exponent[1:]
		}
		out[i] = pad(left-len(p.whole)) + p.whole + "." + p.decimals + pad(right-len(p.decimals))
	}
	return out
}

func nonFinite(v float64, signs bool) string {
	switch {
	case math.IsInf(v, -1):
		return "-inf"
	case math.IsNaN(v) && signs:
		return "+nan"
	case math.IsNaN(v):
		return "nan"
	case signs:
		return "+inf"
	}
	return "inf"
}

// needExponents reports whether some finite number that is not 0 is large for
// its type or small, or the largest more than 1000 times the smallest.
func needExponents(values []float64, d dtype.DType) bool {
	least, greatest := math.Inf(1), 0.0
	for _, v := range values {
		if v = math.Abs(v); v > 0 && v <= math.MaxFloat64 {
			least, greatest = min(least, v), max(greatest, v)
		}
	}
	small, large := limits(d)
	return greatest > 0 && (greatest >= min(large, 1e8) || least < small || greatest/least > 1000)
}

// limits are between which magnitudes single numbers of a type are printed
// without an exponent.
func limits(d dtype.DType) (small, large float64) {
	switch d {
	case dtype.Float16:
		return float64(dtype.HalfOf(1e-4).Float32()), 1e3
	case dtype.Float32:
		return float64(float32(1e-4)), 1e6
	}
	return 1e-4, 1e16
}

// decimal is the shortest text that gives a finite v of type d back, rounded to
// precision decimals.
func decimal(v float64, d dtype.DType, precision int, exponents bool) string {
	form := byte('f')
	if exponents {
		form = 'e'
	}
	text := shortest(v, d, form)
	mantissa, _, _ := strings.Cut(text, "e")
	if _, decimals, _ := strings.Cut(mantissa, "."); len(decimals) > precision {
		text = strconv.FormatFloat(v, form, precision, 64)
	}
	return text
}

// shortest is the shortest text that gives v of type d back.
func shortest(v float64, d dtype.DType, form byte) string {
	bits := 64
	switch d {
	case dtype.Float32:
		bits = 32
	case dtype.Float16:
		for digits := range 5 {
			w, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'e', digits, 64), 64)
			if dtype.HalfOf64(w) == dtype.HalfOf64(v) {
				return strconv.FormatFloat(w, form, -1, 64)
			}
		}
	}
	return strconv.FormatFloat(v, form, -1, bits)
}

// scalarText is a single element with all the digits it has.
func scalarText(s dtype.Scalar) string {
	switch v := s.Value().(type) {
	case bool:
		if v {
			return "True"
		}
		return "False"
	case dtype.Half:
		return floatText(float64(v.Float32()), s.DType)
	case float32:
		return floatText(float64(v), s.DType)
	case float64:
		return floatText(v, s.DType)
	case complex64:
		return complexText(complex128(v), s.DType)
	case complex128:
		return complexText(v, s.DType)
	default:
		return fmt.Sprint(v)
	}
}

func floatText(v float64, d dtype.DType) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nonFinite(v, false)
	}
	small, large := limits(d)
	if m := math.Abs(v); m != 0 && (m < small || m >= large) {
		return shortest(v, d, 'e')
	}
	text := shortest(v, d, 'f')
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}

func complexText(c complex128, d dtype.DType) string {
	re, im := strings.TrimSuffix(floatText(real(c), d.Real()), ".0"), strings.TrimSuffix(floatText(imag(c), d.Real()), ".0")
	if real(c) == 0 && !math.Signbit(real(c)) {
		return im + "j"
	}
	if im[0] != '-' {
		im = "+" + im
	}
	return "(" + re + im + "j)"
}
