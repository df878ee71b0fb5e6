//go:build unix

package block

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	mapProtection = unix.PROT_READ | unix.PROT_WRITE
	mapFlags      = unix.MAP_ANON | unix.MAP_PRIVATE
)

// mapAligned maps n bytes that start at a multiple of align, by mapping more
// and giving back the ends.
func mapAligned(n, align int) (unsafe.Pointer, error) {
	extra := align - pageSize
	p, err := unix.MmapPtr(-1, 0, nil, uintptr(n+extra), mapProtection, mapFlags)
	if err != nil || extra == 0 {
		return p, err
	}
	head := (align - int(uintptr(p)%uintptr(align))) % align
	aligned := unsafe.Add(p, head)
	if head > 0 {
		err = unix.MunmapPtr(p, uintptr(head))
	}
	if tail := extra - head; err == nil && tail > 0 {
		err = unix.MunmapPtr(unsafe.Add(aligned, n), uintptr(tail))
	}
	return aligned, err
}

// unmapMemory gives back what mapMemory or reserveMemory mapped.
func unmapMemory(p unsafe.Pointer, n int) error { return unix.MunmapPtr(p, uintptr(n)) }
