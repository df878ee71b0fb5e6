package op

import "gabion/dtype"

// The rules for the element types of elementwise operations. They are NumPy 2's,
// which the tests of package array compare with what NumPy says.

func repeat(d dtype.DType, n int) []dtype.DType {
	in := make([]dtype.DType, n)
	for i := range in {
		in[i] = d
	}
	return in
}

// uniform: n inputs of type d give a result of type d.
func uniform(d dtype.DType, n int) Types {
	return Types{In: repeat(d, n), Kernel: d, Out: d}
}

// promoted: inputs meet in their common type, which is the result's.
func promoted(_ Name, in []dtype.DType) (Types, error) {
	return uniform(dtype.PromoteAll(in...), len(in)), nil
}

// numeric: as promoted, but bools become int8.
func numeric(_ Name, in []dtype.DType) (Types, error) {
	d := dtype.PromoteAll(in...)
	if d == dtype.Bool {
		d = dtype.Int8
	}
	return uniform(d, len(in)), nil
}

// notBool are the ways out of operations that do not take bools.
var notBool = map[Name]string{
	Subtract: "use not_equal for the exclusive or of two bools",
	Negative: "use logical_not for the opposite of a bool",
	Positive: "a bool has no sign; convert it to an integer type first",
	Sign:     "a bool has no sign; convert it to an integer type first",
}

// signed: as promoted, without bools.
func signed(name Name, in []dtype.DType) (Types, error) {
	d := dtype.PromoteAll(in...)
	if d == dtype.Bool {
		return Types{}, &TypeError{name, in, notBool[name]}
	}
	return uniform(d, len(in)), nil
}

func quotient(_ Name, in []dtype.DType) (Types, error) {
	d := dtype.PromoteAll(in...)
	if d.Kind() < dtype.KindFloat {
		d = dtype.Float64
	}
	return uniform(d, len(in)), nil
}

// divisible: as numeric, without complex numbers.
func divisible(name Name, in []dtype.DType) (Types, error) {
	t, err := numeric(name, in)
	if t.Out.IsComplex() {
		return Types{}, &TypeError{name, in, "complex numbers have no remainder"}
	}
	return t, err
}

func magnitude(_ Name, in []dtype.DType) (Types, error) {
	return Types{In: in, Kernel: in[0], Out: in[0].Real()}, nil
}

// floating: functions such as sqrt, in the float that NumPy computes them in.
// Of several operands each has a say by its own float: int8 and uint8, which
// both fit float16, meet in that.
func floating(_ Name, in []dtype.DType) (Types, error) {
	d := dtype.FloatFor(in[0])
	for _, e := range in[1:] {
		d = dtype.Promote(d, dtype.FloatFor(e))
	}
	return uniform(d, len(in)), nil
}

// realFloating: as floating, without complex numbers.
func realFloating(name Name, in []dtype.DType) (Types, error) {
	t, err := floating(name, in)
	if t.Out.IsComplex() {
		return Types{}, &TypeError{name, in, "it is a function of real numbers"}
	}
	return t, err
}

// ordered: what rounds along the real line; integers and bools stay as they are.
func ordered(name Name, in []dtype.DType) (Types, error) {
	if in[0].IsComplex() {
		return Types{}, &TypeError{name, in, "complex numbers have no order; round takes them"}
	}
	return uniform(in[0], 1), nil
}

// nearest: as round does, which makes float16 of bools and keeps the rest.
func nearest(_ Name, in []dtype.DType) (Types, error) {
	d := in[0]
	if d == dtype.Bool {
		d = dtype.Float16
	}
	return uniform(d, 1), nil
}

// bitwise: integers, or bools for their logic.
func bitwise(name Name, in []dtype.DType) (Types, error) {
	d := dtype.PromoteAll(in...)
	if d.Kind() > dtype.KindInt {
		return Types{}, &TypeError{name, in, "only integers and bools have bits; uint64 and signed integers meet in float64"}
	}
	return uniform(d, len(in)), nil
}

// shifted: integers; bools become int8.
func shifted(name Name, in []dtype.DType) (Types, error) {
	if t, err := bitwise(name, in); err != nil {
		return t, err
	}
	return numeric(name, in)
}

func predicate(_ Name, in []dtype.DType) (Types, error) {
	return Types{In: in, Kernel: in[0], Out: dtype.Bool}, nil
}

// signPredicate: what is asked of numbers with a sign.
func signPredicate(name Name, in []dtype.DType) (Types, error) {
	if in[0].IsComplex() {
		return Types{}, &TypeError{name, in, "complex numbers have no sign"}
	}
	return predicate(name, in)
}

func comparison(_ Name, in []dtype.DType) (Types, error) {
	d := dtype.PromoteAll(in...)
	return Types{In: repeat(d, len(in)), Kernel: d, Out: dtype.Bool}, nil
}

func logical(_ Name, in []dtype.DType) (Types, error) {
	return Types{In: repeat(dtype.Bool, len(in)), Kernel: dtype.Bool, Out: dtype.Bool}, nil
}

func choice(_ Name, in []dtype.DType) (Types, error) {
	d := dtype.PromoteAll(in[1:]...)
	return Types{In: []dtype.DType{dtype.Bool, d, d}, Kernel: d, Out: d}, nil
}

// joined: two real numbers become a complex one of the same precision, which is
// that of float32 at least.
func joined(name Name, in []dtype.DType) (Types, error) {
	d := dtype.PromoteAll(in...)
	if d.IsComplex() {
		return Types{}, &TypeError{name, in, "the parts of a complex number are real"}
	}
	d = dtype.Promote(d, dtype.Complex64)
	return Types{In: repeat(d.Real(), len(in)), Kernel: d.Real(), Out: d}, nil
}
