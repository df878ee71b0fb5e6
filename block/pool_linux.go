package block

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// mapMemory maps n bytes, aligned to align, of memory that is ready for use.
// huge asks for large pages.
func mapMemory(n, align int, huge bool) (unsafe.Pointer, error) {
	p, err := mapAligned(n, align)
	if err == nil && huge {
		_ = unix.Madvise(unsafe.Slice((*byte)(p), n), unix.MADV_HUGEPAGE) // only a wish
	}
	return p, err
}

// reserveMemory maps n bytes of which pieces get memory by commitMemory.
func reserveMemory(n int) (unsafe.Pointer, error) {
	p, err := mapAligned(n, pageSize)
	if err == nil {
		// A large page would take memory for pieces that nobody committed.
		_ = unix.Madvise(unsafe.Slice((*byte)(p), n), unix.MADV_NOHUGEPAGE)
	}
	return p, err
}

// commitMemory gives memory to a piece of what reserveMemory mapped.
func commitMemory(unsafe.Pointer, int) error { return nil } // the first write does

// decommitMemory gives a piece back to the system; its addresses stay mapped.
func decommitMemory(p unsafe.Pointer, n int) error {
	return unix.Madvise(unsafe.Slice((*byte)(p), n), unix.MADV_DONTNEED)
}
