package dtype

import "unsafe"

// Slice is b as a slice of T without copying. The length is rounded down to
// whole elements. b must be aligned for T, as blocks from the pool are.
func Slice[T Element](b []byte) []T {
	var zero T
	if len(b) == 0 {
		return nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/int(unsafe.Sizeof(zero)))
}

// Bytes is the memory of s as bytes in the machine's order, without copying.
func Bytes[T Element | int | uint](s []T) []byte {
	var zero T
	if len(s) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), len(s)*int(unsafe.Sizeof(zero)))
}

// Aligned reports whether b starts at an address that elements of d may have.
func Aligned(b []byte, d DType) bool {
	size := d.Real().Size()
	return size <= 1 || len(b) == 0 || uintptr(unsafe.Pointer(unsafe.SliceData(b)))%uintptr(size) == 0
}
