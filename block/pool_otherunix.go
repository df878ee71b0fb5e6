//go:build unix && !linux

package block

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// mapMemory maps n bytes, aligned to align, of memory that is ready for use.
// huge asks for large pages.
func mapMemory(n, align int, _ bool) (unsafe.Pointer, error) { return mapAligned(n, align) }

// reserveMemory maps n bytes of which pieces get memory by commitMemory.
func reserveMemory(n int) (unsafe.Pointer, error) { return mapAligned(n, pageSize) }

// commitMemory gives memory to a piece of what reserveMemory mapped.
func commitMemory(unsafe.Pointer, int) error { return nil } // the first write does

// decommitMemory gives a piece back to the system; its addresses stay mapped.
func decommitMemory(p unsafe.Pointer, n int) error {
	// Only a new mapping in place of the old one gives memory back at once
	// on every system.
	_, err := unix.MmapPtr(-1, 0, p, uintptr(n), mapProtection, mapFlags|unix.MAP_FIXED)
	return err
}
