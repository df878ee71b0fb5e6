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
func Bytes[T Element](s []T) []byte {
	var zero T
	if len(s) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), len(s)*int(unsafe.Sizeof(zero)))
}

// Memory is the element type of s and its memory, as Bytes. An int is an int64 and a
// uint a uint64: the engine is for machines where they are.
func Memory[T Element | int | uint](s []T) (DType, []byte) {
	var zero T
	d, _ := OfValue(zero)
	if len(s) == 0 {
		return d, nil
	}
	return d, unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), len(s)*int(unsafe.Sizeof(zero)))
}

// Aligned reports whether b starts at an address that elements of d may have.
func Aligned(b []byte, d DType) bool {
	size := d.Real().Size()
	return size <= 1 || len(b) == 0 || uintptr(unsafe.Pointer(unsafe.SliceData(b)))%uintptr(size) == 0
}
