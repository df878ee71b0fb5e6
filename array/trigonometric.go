package array

import "gabion/internal/op"

// Sin is the sine of a, in radians.
func (a Array) Sin() Array { return elementwise(op.Sin, a) }

// Cos is the cosine of a, in radians.
func (a Array) Cos() Array { return elementwise(op.Cos, a) }

// Tan is the tangent of a, in radians.
func (a Array) Tan() Array { return elementwise(op.Tan, a) }

// Asin is the angle in radians from -pi/2 to pi/2 whose sine is a; of real
// numbers NaN beyond -1 and 1.
func (a Array) Asin() Array { return elementwise(op.Asin, a) }

// Acos is the angle in radians from 0 to pi whose cosine is a; of real numbers
// NaN beyond -1 and 1.
func (a Array) Acos() Array { return elementwise(op.Acos, a) }

// Atan is the angle in radians from -pi/2 to pi/2 whose tangent is a.
func (a Array) Atan() Array { return elementwise(op.Atan, a) }

// Atan2 is the angle in radians from -pi to pi between the x axis and the point
// whose y is a and whose x is b. Complex numbers are a TypeError.
func (a Array) Atan2(b Array) Array { return elementwise(op.Atan2, a, b) }

// Sinh is the hyperbolic sine of a.
func (a Array) Sinh() Array { return elementwise(op.Sinh, a) }

// Cosh is the hyperbolic cosine of a.
func (a Array) Cosh() Array { return elementwise(op.Cosh, a) }

// Tanh is the hyperbolic tangent of a.
func (a Array) Tanh() Array { return elementwise(op.Tanh, a) }

// Asinh is the inverse hyperbolic sine of a.
func (a Array) Asinh() Array { return elementwise(op.Asinh, a) }

// Acosh is the inverse hyperbolic cosine of a; of real numbers NaN below 1.
func (a Array) Acosh() Array { return elementwise(op.Acosh, a) }

// Atanh is the inverse hyperbolic tangent of a; of real numbers infinite at -1
// and 1, and NaN beyond.
func (a Array) Atanh() Array { return elementwise(op.Atanh, a) }

// Deg2Rad is the angle a, in degrees, in radians. Complex numbers are a
// TypeError.
func (a Array) Deg2Rad() Array { return elementwise(op.Deg2rad, a) }

// Rad2Deg is the angle a, in radians, in degrees. Complex numbers are a
// TypeError.
func (a Array) Rad2Deg() Array { return elementwise(op.Rad2deg, a) }
