package block

import "slices"

// View says which element of an input stands at each index of an index space:
// along input axis i the index is Dims[i].Start + Dims[i].Step times the index
// along axis Dims[i].Axis of the space. Slices with any step, transposes,
// broadcasts, new and dropped axes are views, and views of views are views.
type View struct {
	Rank int // number of axes of the index space
	Dims []ViewDim
}

// ViewDim is one input axis of a View. An Axis below 0 means that the index is
// always Start.
type ViewDim struct {
	Axis  int
	Start int
	Step  int
}

// IdentityView is the view of an input of the given rank as it is.
func IdentityView(rank int) View {
	v := View{Rank: rank, Dims: make([]ViewDim, rank)}
	for axis := range v.Dims {
		v.Dims[axis] = ViewDim{Axis: axis, Step: 1}
	}
	return v
}

// BroadcastView is the view of an input of shape from stretched to shape to,
// which it broadcasts to.
func BroadcastView(from, to Shape) View {
	v := View{Rank: len(to), Dims: make([]ViewDim, len(from))}
	for axis := range from {
		at := len(to) - len(from) + axis
		if from[axis] == 1 && to[at] != 1 {
			v.Dims[axis] = ViewDim{Axis: -1}
		} else {
			v.Dims[axis] = ViewDim{Axis: at, Step: 1}
		}
	}
	return v
}

// Then is the view of inner's input through v: v's input is inner's index space.
func (v View) Then(inner View) View {
	out := View{Rank: v.Rank, Dims: make([]ViewDim, len(inner.Dims))}
	for i, d := range inner.Dims {
		if d.Axis < 0 {
			out.Dims[i] = d
			continue
		}
		m := v.Dims[d.Axis]
		out.Dims[i] = ViewDim{Axis: m.Axis, Start: d.Start + d.Step*m.Start, Step: d.Step * m.Step}
		if m.Axis < 0 {
			out.Dims[i].Step = 0
		}
	}
	return out
}

// IsIdentity reports whether every index shows the element of the same index.
// The space may still be smaller than the input.
func (v View) IsIdentity() bool {
	if len(v.Dims) != v.Rank {
		return false
	}
	for axis, d := range v.Dims {
		if d != (ViewDim{Axis: axis, Step: 1}) {
			return false
		}
	}
	return true
}

// Uses reports whether what the view shows depends on the index along an axis of
// the space.
func (v View) Uses(axis int) bool {
	return slices.ContainsFunc(v.Dims, func(d ViewDim) bool { return d.Axis == axis })
}

// Equal reports whether v and w map alike.
func (v View) Equal(w View) bool {
	if v.Rank != w.Rank || len(v.Dims) != len(w.Dims) {
		return false
	}
	for i := range v.Dims {
		if v.Dims[i] != w.Dims[i] {
			return false
		}
	}
	return true
}

// Region is the smallest region of the input that holds what r needs.
func (v View) Region(r Region) Region {
	in := Region{Start: make([]int, len(v.Dims)), Shape: make(Shape, len(v.Dims))}
	empty := r.Empty()
	for i, d := range v.Dims {
		switch {
		case empty:
		case d.Axis < 0 || d.Step == 0:
			in.Start[i], in.Shape[i] = d.Start, 1
		default:
			first := d.Start + d.Step*r.Start[d.Axis]
			last := first + d.Step*(r.Shape[d.Axis]-1)
			low, high := min(first, last), max(first, last)
			in.Start[i], in.Shape[i] = low, high-low+1
		}
	}
	return in
}

// Of is the elements that r needs, as a strided block of r's shape that shares
// in's memory. in holds the elements from origin on of the view's input, and
// covers Region(r).
func (v View) Of(in Block, origin []int, r Region) Block {
	out := Block{DType: in.DType, Shape: r.Shape, Strides: make([]int, v.Rank), Offset: in.Offset, Data: in.Data}
	if r.Empty() {
		return out
	}
	for i, d := range v.Dims {
		out.Offset += (d.Start - origin[i]) * in.Strides[i]
		if d.Axis >= 0 {
			out.Offset += d.Step * r.Start[d.Axis] * in.Strides[i]
			out.Strides[d.Axis] += d.Step * in.Strides[i]
		}
	}
	return out
}
