package scheduler

import (
	"os"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// maskBits is how many CPUs a mask has room for; a kernel that can have more
// refuses to say. The runtime reads as many.
const maskBits = 1 << 16

// maskedCPUs counts the affinity mask of the process's first thread. Its number
// is the process's; 0 would be the calling thread, which is any of many.
func maskedCPUs() CPUBound {
	set := unix.NewCPUSet(maskBits)
	if err := unix.SchedGetaffinityDynamic(os.Getpid(), set); err != nil || set.Count() == 0 {
		return CPUBound{"runtime.NumCPU", float64(runtime.NumCPU())}
	}
	return CPUBound{"affinity mask", float64(set.Count())}
}

// quotaCPUs is the least CPU quota of the process's cgroup and its ancestors, in
// CPUs; 0 if there is none.
func quotaCPUs() float64 { return groupQuota(readFile) }

func groupQuota(read func(name string) string) float64 {
	least := 0.0
	groups := groupsOf("cpu", read)
	for _, dir := range groups.dirs {
		var quota, period float64
		if groups.version == 2 {
			a, b, _ := strings.Cut(read(dir+"/cpu.max"), " ")
			quota, period = microseconds(a), microseconds(b)
		} else if quota = microseconds(read(dir + "/cpu.cfs_quota_us")); quota > 0 {
			period = microseconds(read(dir + "/cpu.cfs_period_us"))
		}
		if quota > 0 && period > 0 && (least == 0 || quota/period < least) {
			least = quota / period
		}
	}
	return least
}

// microseconds is 0 where there is no limit, which is "max" or -1, and for a
// file that is not there.
func microseconds(text string) float64 {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil {
		return 0
	}
	return float64(max(n, 0))
}
