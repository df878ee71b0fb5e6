//go:build cgo_example && cgo

package main

/*
#include <stddef.h>
#include <stdint.h>

// collatz counts, for each number, the steps that lead from it to 1: half of
// an even number, three times an odd one and one more.
static void collatz(uint32_t *steps, const uint64_t *numbers, size_t n) {
	for (size_t i = 0; i < n; i++) {
		uint32_t count = 0;
		for (uint64_t x = numbers[i]; x > 1; count++) {
			x = x % 2 ? 3 * x + 1 : x / 2;
		}
		steps[i] = count;
	}
}
*/
import "C"

// collatz calls the C function, once for all numbers. steps has room for one
// count a number.
//
// C receives the addresses of the slices' elements. That is allowed as the
// elements hold no pointers and C keeps none after the call; Go keeps the memory
// alive and in its place until then. A pointer may be converted to that of a C
// type of the same representation without package unsafe.
func collatz(steps []uint32, numbers []uint64) {
	if len(numbers) == 0 {
		return // there is no first element
	}
	steps = steps[:len(numbers)] // C does not check
	C.collatz((*C.uint32_t)(&steps[0]), (*C.uint64_t)(&numbers[0]), C.size_t(len(numbers)))
}
