package scheduler

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// machineMemory is ullTotalPhys of MEMORYSTATUSEX; 0 if it cannot be had.
func machineMemory() int64 {
	var status struct {
		length, load uint32
		total        uint64
		rest         [6]uint64
	}
	status.length = uint32(unsafe.Sizeof(status))
	ok, _, _ := windows.NewLazySystemDLL("kernel32.dll").NewProc("GlobalMemoryStatusEx").Call(uintptr(unsafe.Pointer(&status)))
	if ok == 0 {
		return 0
	}
	return int64(status.total)
}

func groupMemory() int64 { return 0 }
