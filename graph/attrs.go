package graph

import (
	"fmt"
	"strconv"
	"strings"

	"gabion/block"
)

// Text is nothing.
func (NoAttrs) Text() string { return "" }

// Text names the source.
func (a ReadAttrs) Text() string { return "source=" + a.Source.text() }

// Text is the value, and whether it is weak.
func (a FullAttrs) Text() string {
	if a.Weak {
		return "value=" + a.Value.String() + " weak"
	}
	return "value=" + a.Value.String()
}

// Text is the start and step that matter.
func (a ArangeAttrs) Text() string {
	if a.IntStart != 0 || a.IntStep != 0 {
		return fmt.Sprintf("start=%d step=%d", a.IntStart, a.IntStep)
	}
	return "start=" + number(a.Start) + " step=" + number(a.Step)
}

// Text is the seed, the stream and the parameters that are not 0.
func (a RandomAttrs) Text() string {
	text := fmt.Sprintf("seed=%d stream=%d", a.Seed, a.Stream)
	if a.A != 0 || a.B != 0 {
		text += " a=" + number(a.A) + " b=" + number(a.B)
	}
	if a.Low != 0 || a.Span != 0 {
		text += fmt.Sprintf(" low=%d span=%d", a.Low, a.Span)
	}
	if a.N != 0 {
		text += fmt.Sprintf(" n=%d", a.N)
	}
	if a.Distinct {
		text += " distinct"
	}
	if a.P != nil {
		text += fmt.Sprintf(" p=%v", a.P[:min(len(a.P), 4)])
		if more := len(a.P) - 4; more > 0 {
			text += fmt.Sprintf("+%d", more)
		}
	}
	return text
}

// Text is the type.
func (a CastAttrs) Text() string { return "to=" + a.To.String() }

// Text is the axes, and the correction if there is one.
func (a ReduceAttrs) Text() string {
	text := "axes=" + axesText(a.Axes) + " keepdims=" + strconv.FormatBool(a.Keepdims)
	if a.Correction != 0 {
		text += " correction=" + number(a.Correction)
	}
	return text
}

// Text is the items as they are written between brackets.
func (a SliceAttrs) Text() string {
	parts := make([]string, len(a.Items))
	for i, item := range a.Items {
		parts[i] = item.String()
	}
	return "index=[" + strings.Join(parts, ", ") + "]"
}

// String is the item as it is written between brackets: 5, newaxis,
// start:stop:step, or a lone colon for an axis of unknown length.
func (x AxisIndex) String() string {
	switch {
	case x.New:
		return "newaxis"
	case x.Drop:
		return strconv.Itoa(x.Start)
	case x.Count == block.Unknown:
		return ":"
	case x.Count <= 0:
		return "0:0"
	}
	stop := ""
	if last := x.Start + x.Step*(x.Count-1); x.Step > 0 {
		stop = strconv.Itoa(last + 1)
	} else if last > 0 {
		stop = strconv.Itoa(last - 1)
	}
	if x.Step == 1 {
		return fmt.Sprintf("%d:%s", x.Start, stop)
	}
	return fmt.Sprintf("%d:%s:%d", x.Start, stop, x.Step)
}

// Text is the axes.
func (a PermAttrs) Text() string { return "axes=" + axesText(a.Axes) }

// Text is the shape.
func (a ShapeAttrs) Text() string { return "shape=" + a.Shape.String() }

// Text is the axes.
func (a AxesAttrs) Text() string { return "axes=" + axesText(a.Axes) }

// Text is the offset and the axes.
func (a DiagonalAttrs) Text() string {
	return fmt.Sprintf("offset=%d axes=[%d, %d]", a.Offset, a.Axis1, a.Axis2)
}

// Text is the axis.
func (a ConcatAttrs) Text() string { return "axis=" + strconv.Itoa(a.Axis) }

// Text is which axes of the space the inputs walk, and its blocks.
func (a ContractAttrs) Text() string {
	text := fmt.Sprintf("a=%s b=%s kept=%d chunks=%v", axesText(a.A), axesText(a.B), a.Kept, a.Grid)
	if a.Conj {
		text += " conj"
	}
	return text
}

// Text is the grid.
func (a RechunkAttrs) Text() string { return "chunks=" + a.Grid.String() }

// Text names the function.
func (a FuncAttrs) Text() string {
	text := "func=" + a.Func.text()
	if a.Scratch != 0 {
		text += fmt.Sprintf(" scratch=%d", a.Scratch)
	}
	for _, o := range a.Overlap {
		text += fmt.Sprintf(" overlap=%v %v", o.Depth, o.Modes)
		if o.Fill.DType.Valid() {
			text += " " + o.Fill.String()
		}
	}
	return text
}

// Text is what is not zero.
func (a BlockAttrs) Text() string {
	text := fmt.Sprintf("axis=%d", a.Axis)
	if a.K != 0 {
		text += fmt.Sprintf(" k=%d", a.K)
	}
	if a.Flag {
		text += " flag"
	}
	if a.Sizes != nil {
		text += " sizes=" + axesText(a.Sizes)
	}
	return text
}

// Text names the functions, and says what is kept for each result.
func (a TreeAttrs) Text() string {
	text := fmt.Sprintf("func=%s reduced=%d partial=%v*%d", a.Func.text(), a.Reduced, a.Partial, a.Width)
	if a.Results != 0 {
		text += fmt.Sprintf(" results=%d", a.Results)
	}
	if a.Scratch != 0 {
		text += fmt.Sprintf(" scratch=%d", a.Scratch)
	}
	return text
}

// text is the slot's name in quotes, or local.
func (s *Slot) text() string {
	if s == nil || s.Name == "" {
		return "local"
	}
	return strconv.Quote(s.Name)
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

func axesText(axes []int) string {
	parts := make([]string, len(axes))
	for i, axis := range axes {
		parts[i] = strconv.Itoa(axis)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}
