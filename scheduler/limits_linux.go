package scheduler

import (
	"strconv"
	"strings"
)

// machineMemory is MemTotal of /proc/meminfo; 0 if it cannot be read.
func machineMemory() int64 {
	for line := range strings.Lines(readFile("/proc/meminfo")) {
		fields := strings.Fields(line)
		if len(fields) >= 2 && fields[0] == "MemTotal:" {
			kib, _ := strconv.ParseInt(fields[1], 10, 64)
			return kib << 10
		}
	}
	return 0
}

// groupMemory is the least memory limit of the process's cgroup and its
// ancestors, of version 1 or 2; 0 if there is none.
func groupMemory() int64 { return groupLimit(readFile) }

func groupLimit(read func(name string) string) int64 {
	least := int64(0)
	groups := groupsOf("memory", read)
	file := "/memory.max"
	if groups.version == 1 {
		file = "/memory.limit_in_bytes"
	}
	for _, dir := range groups.dirs {
		limit, err := strconv.ParseInt(strings.TrimSpace(read(dir+file)), 10, 64)
		if err == nil && limit > 0 && (least == 0 || limit < least) {
			least = limit
		}
	}
	return least
}
