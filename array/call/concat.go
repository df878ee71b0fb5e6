package call

import "gabion/array"

// concat puts arrays one after the other along an axis, or with a null axis all
// their elements in C order.
func concat(a *arguments) array.Array {
	arrays := a.arrays("arrays")
	if a.null("axis") {
		for i, x := range arrays {
			arrays[i] = a.made(x.Reshape(-1))
		}
	}
	return array.Concatenate(arrays, a.axis("axis", arrays, 0))
}

// axis is one axis of arrays, by its number or its name in the first of them.
func (a *arguments) axis(name string, arrays []array.Array, otherwise int) int {
	if _, list := a.value(name).([]Arg); list {
		a.wrong(name, "one axis", a.value(name))
	}
	if !a.given(name) || a.err != nil {
		return otherwise
	}
	var x array.Array
	if len(arrays) > 0 {
		x = arrays[0]
	}
	return a.axes(name, x)[0]
}
