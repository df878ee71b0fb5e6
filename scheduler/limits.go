package scheduler

// assumedMemory is taken for the machine's memory where it cannot be found out.
const assumedMemory = 4 << 30

// MemoryLimit is the smaller of the machine's memory and what the cgroup allows,
// in bytes; 4 GiB where neither can be found out.
func MemoryLimit() int64 {
	limit := machineMemory()
	if limit <= 0 {
		limit = assumedMemory
	}
	if group := groupMemory(); group > 0 {
		limit = min(limit, group)
	}
	return limit
}
