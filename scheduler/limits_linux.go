package scheduler

import (
	"os"
	"path"
	"strconv"
	"strings"
)

// machineMemory is MemTotal of /proc/meminfo; 0 if it cannot be read.
func machineMemory() int64 {
	data, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(data)) {
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
func groupMemory() int64 {
	data, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return 0
	}
	return groupLimit(string(data), func(name string) string {
		text, err := os.ReadFile(name)
		if err != nil {
			return ""
		}
		return string(text)
	})
}

func groupLimit(groups string, read func(name string) string) int64 {
	least := int64(0)
	for line := range strings.Lines(groups) {
		// hierarchy:controllers:path, with no controllers in version 2
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) != 3 {
			continue
		}
		root, file := "/sys/fs/cgroup", "memory.max"
		if parts[1] != "" {
			if !strings.Contains(","+parts[1]+",", ",memory,") {
				continue
			}
			root, file = "/sys/fs/cgroup/memory", "memory.limit_in_bytes"
		}
		for dir := path.Clean("/" + parts[2]); ; dir = path.Dir(dir) {
			limit, err := strconv.ParseInt(strings.TrimSpace(read(path.Join(root, dir, file))), 10, 64)
			if err == nil && limit > 0 && (least == 0 || limit < least) {
				least = limit
			}
			if dir == "/" {
				break
			}
		}
	}
	return least
}
