package block

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// mapMemory maps n bytes of memory that is ready for use. The system aligns it
// to 64 KiB and has no large pages to give.
func mapMemory(n, _ int, _ bool) (unsafe.Pointer, error) {
	return virtualAlloc(nil, n, windows.MEM_RESERVE|windows.MEM_COMMIT)
}

// reserveMemory maps n bytes of which pieces get memory by commitMemory.
func reserveMemory(n int) (unsafe.Pointer, error) {
	return virtualAlloc(nil, n, windows.MEM_RESERVE)
}

// commitMemory gives memory to a piece of what reserveMemory mapped.
func commitMemory(p unsafe.Pointer, n int) error {
	_, err := virtualAlloc(p, n, windows.MEM_COMMIT)
	return err
}

// decommitMemory gives a piece back to the system; its addresses stay mapped.
func decommitMemory(p unsafe.Pointer, n int) error {
	return windows.VirtualFree(uintptr(p), uintptr(n), windows.MEM_DECOMMIT)
}

// unmapMemory gives back what mapMemory or reserveMemory mapped.
func unmapMemory(p unsafe.Pointer, _ int) error {
	return windows.VirtualFree(uintptr(p), 0, windows.MEM_RELEASE)
}

func virtualAlloc(p unsafe.Pointer, n int, kind uint32) (unsafe.Pointer, error) {
	address, err := windows.VirtualAlloc(uintptr(p), uintptr(n), kind, windows.PAGE_READWRITE)
	return *(*unsafe.Pointer)(unsafe.Pointer(&address)), err // an address outside of Go's heap
}
