package array

import "gabion/internal/op"

// Operations on bits take integers and bools; other types are a TypeError. An
// integer Const takes the type of the array it meets.

// BitwiseAnd is the bits that a and b both have; of bools, whether both are
// true.
func (a Array) BitwiseAnd(b Array) Array { return elementwise(op.BitwiseAnd, a, b) }

// BitwiseOr is the bits that a or b has; of bools, whether either is true.
func (a Array) BitwiseOr(b Array) Array { return elementwise(op.BitwiseOr, a, b) }

// BitwiseXor is the bits that one of a and b has and not the other; of bools,
// whether one of them is true.
func (a Array) BitwiseXor(b Array) Array { return elementwise(op.BitwiseXor, a, b) }

// BitwiseInvert is the bits that a does not have; of bools, whether a is false.
func (a Array) BitwiseInvert() Array { return elementwise(op.BitwiseInvert, a) }

// BitwiseLeftShift is a with its bits moved b places up: 0 where b is negative
// or not less than the number of bits. Two bools give int8.
func (a Array) BitwiseLeftShift(b Array) Array { return elementwise(op.BitwiseLeftShift, a, b) }

// BitwiseRightShift is a with its bits moved b places down, which is floor(a /
// 2^b): 0, or -1 of a negative a, where b is negative or not less than the
// number of bits. Two bools give int8.
func (a Array) BitwiseRightShift(b Array) Array { return elementwise(op.BitwiseRightShift, a, b) }
