package array

import "gabion/internal/op"

// Add is a + b; of bools, whether either is true.
func (a Array) Add(b Array) Array { return elementwise(op.Add, a, b) }

// Sub is a - b. Bools are a TypeError.
func (a Array) Sub(b Array) Array { return elementwise(op.Subtract, a, b) }

// Mul is a * b; of bools, whether both are true.
func (a Array) Mul(b Array) Array { return elementwise(op.Multiply, a, b) }

// Div is a / b as floating point: float64 of integers and bools.
func (a Array) Div(b Array) Array { return elementwise(op.Divide, a, b) }

// FloorDiv is the greatest integer not above a / b; 0 where an integer b is 0.
func (a Array) FloorDiv(b Array) Array { return elementwise(op.FloorDivide, a, b) }

// Mod is a - b*floor(a/b), with the sign of b; 0 where an integer b is 0.
func (a Array) Mod(b Array) Array { return elementwise(op.Remainder, a, b) }

// FMod is a - b*trunc(a/b), with the sign of a as C's fmod has it; 0 where an
// integer b is 0. Of bools it is int8; complex numbers are a TypeError.
func (a Array) FMod(b Array) Array { return elementwise(op.Fmod, a, b) }

// Pow is a to the power of b. That of floats is within one unit in the last
// place.
func (a Array) Pow(b Array) Array { return elementwise(op.Pow, a, b) }

// Neg is -a. Bools are a TypeError.
func (a Array) Neg() Array { return elementwise(op.Negative, a) }

// Positive is a. Bools are a TypeError.
func (a Array) Positive() Array { return elementwise(op.Positive, a) }

// Abs is the magnitude of a, which is real of complex numbers.
func (a Array) Abs() Array { return elementwise(op.Abs, a) }

// Sign is -1, 0 or 1 as a is below, at or above 0, NaN of NaN, and a / |a| of
// complex numbers. Bools are a TypeError.
func (a Array) Sign() Array { return elementwise(op.Sign, a) }

// Square is a * a; int8 of bools.
func (a Array) Square() Array { return elementwise(op.Square, a) }

// Reciprocal is 1 / a in the type of a: of integers without a fraction, and 0
// where a is 0. Of bools it is int8.
func (a Array) Reciprocal() Array { return elementwise(op.Reciprocal, a) }

// CopySign is the magnitude of a with the sign of b, as floating point like
// Sqrt. Complex numbers are a TypeError.
func (a Array) CopySign(b Array) Array { return elementwise(op.Copysign, a, b) }

// NextAfter is the next number of the result's type after a in the direction of
// b, b itself where they are equal. The type is floating like that of Sqrt;
// complex numbers are a TypeError.
func (a Array) NextAfter(b Array) Array { return elementwise(op.Nextafter, a, b) }

// Minimum is the lesser of a and b, NaN where either is NaN.
func (a Array) Minimum(b Array) Array { return elementwise(op.Minimum, a, b) }

// Maximum is the greater of a and b, NaN where either is NaN.
func (a Array) Maximum(b Array) Array { return elementwise(op.Maximum, a, b) }

// FMin is the lesser of a and b, the other where one is NaN.
func (a Array) FMin(b Array) Array { return elementwise(op.Fmin, a, b) }

// FMax is the greater of a and b, the other where one is NaN.
func (a Array) FMax(b Array) Array { return elementwise(op.Fmax, a, b) }

// Real is the real part of a, which is a unless it is complex.
func (a Array) Real() Array { return elementwise(op.Real, a) }

// Imag is the imaginary part of a; 0 in the type of a unless that is complex.
func (a Array) Imag() Array { return elementwise(op.Imag, a) }

// Conj is a with the opposite imaginary part. Real numbers stay as they are;
// bools become int8.
func (a Array) Conj() Array { return elementwise(op.Conj, a) }

// Complex is the complex numbers with the real parts re and the imaginary parts im,
// which keep the signs of zeros and meet infinities where re + im*i does not. Of
// float32 and narrower types it is complex64, else complex128. It is Go's complex;
// NumPy has no function for it.
func Complex(re, im Array) Array { return elementwise(op.Complex, re, im) }
