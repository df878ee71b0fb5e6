package npy

import "hash/crc32"

// sum is the CRC-32 of a member whose pieces are written in any order.
//
// A CRC is a polynomial over GF(2) modulo another, and linear: what a piece adds
// to it is the piece's own remainder times x to the number of bits behind the
// piece, and the remainders of pieces are added, which is XOR. What it is XORed
// with at the beginning and at the end is the same whatever the bytes are.
type sum struct {
	size  int64
	value uint32
}

// newSum is the sum of a member of size bytes, before any of them.
func newSum(size int64) sum {
	return sum{size, ^shifted(^uint32(0), size)}
}

// part is what the bytes p at offset at of the member are XORed to value as.
func (s *sum) part(p []byte, at int64) uint32 {
	remainder := ^crc32.Update(^uint32(0), crc32.IEEETable, p)
	return shifted(remainder, s.size-at-int64(len(p)))
}

// powers[k] is x to the 8·2^k: what a polynomial is multiplied by to have 2^k
// bytes behind it. Bit 31 is the coefficient of 1, bit 0 that of x^31.
var powers = func() (p [63]uint32) {
	p[0] = 1 << (31 - 8)
	for k := 1; k < len(p); k++ {
		p[k] = times(p[k-1], p[k-1])
	}
	return p
}()

// shifted is a polynomial with n bytes of zeros behind it.
func shifted(a uint32, n int64) uint32 {
	for k := 0; n > 0; k, n = k+1, n>>1 {
		if n&1 != 0 {
			a = times(a, powers[k])
		}
	}
	return a
}

// times is the product of two polynomials modulo the CRC's.
func times(a, b uint32) uint32 {
	product := uint32(0)
	for ; a != 0; a <<= 1 {
		if a&(1<<31) != 0 {
			product ^= b
		}
		// b times x
		if b&1 != 0 {
			b = b>>1 ^ crc32.IEEE
		} else {
			b >>= 1
		}
	}
	return product
}
