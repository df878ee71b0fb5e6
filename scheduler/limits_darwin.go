package scheduler

import "golang.org/x/sys/unix"

func machineMemory() int64 {
	n, err := unix.SysctlUint64("hw.memsize")
	if err != nil {
		return 0
	}
	return int64(n)
}

func groupMemory() int64 { return 0 }
