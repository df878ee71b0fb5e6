package scheduler

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// CPULimit is how many CPUs this process may use, and what decided it.
type CPULimit struct {
	Count int    // CPUs that may be busy at once; at least 1
	By    string // what decided: the By of the first of Found

	// Found are all limits that were found, the smallest first. Of equal
	// ones the affinity mask comes first, then the quota, the batch system's
	// and GOMAXPROCS.
	Found []CPUBound
}

// CPUBound is one of the limits that CPUs finds.
type CPUBound struct {
	// By is "affinity mask", "cgroup quota", "GOMAXPROCS", or the name of an
	// environment variable of a batch system; "runtime.NumCPU" where the
	// system has no affinity mask that can be read.
	By string

	// CPUs is a number above 0. A cgroup's quota may have a fraction: 1.5
	// is 150 ms of CPU time in every 100 ms.
	CPUs float64
}

// count is the bound in whole CPUs. A fraction is rounded up, as the runtime
// does: rounded down, a part of the quota could never be used.
func (b CPUBound) count() int { return max(1, int(math.Ceil(min(b.CPUs, math.MaxInt32)))) }

// CPUs is how many CPUs this process may use: the smallest of
//
//   - the CPUs in the affinity mask of the process, as taskset, cpusets and
//     batch systems set it; on systems other than Linux [runtime.NumCPU];
//   - the CPU quota of the process's cgroup and of the groups around it, of
//     version 1 or 2, as containers and Kubernetes' limits set it, rounded up;
//   - what the batch system gave to the job: SLURM_CPUS_PER_TASK, or
//     SLURM_CPUS_ON_NODE where that is missing; NCPUS, or PBS_NUM_PPN (PBS,
//     Torque); NSLOTS (Grid Engine); LSB_DJOB_NUMPROC (LSF). Values that are no
//     positive whole number are ignored;
//   - GOMAXPROCS, from the environment or set by [runtime.GOMAXPROCS], where it
//     is less than the affinity mask and the quota.
//
// All of them are looked up anew in each call, so that a later change is seen.
// That is a few small files on Linux: cheap for a pool that is made, too dear
// for an inner loop. The mask is the one of the process's first thread, which
// taskset shows and changes, and not that of the calling thread. When a mask or
// a quota grows, the runtime's own GOMAXPROCS follows within about a second.
//
// GOMAXPROCS alone is not enough: the runtime's default is never below 2 where
// the quota is less, does not see the quotas of groups around the process's own
// (Go issue 81180), and knows no batch system.
//
// OMP_NUM_THREADS is not looked at. It says how many threads one call of a
// library such as BLAS may start, and is often set to 1 just because the program
// around these calls uses all CPUs.
func CPUs() CPULimit {
	return leastCPUs(maskedCPUs(), quotaCPUs(), os.Getenv, runtime.GOMAXPROCS(0))
}

// batchVariables are the variables in which batch systems say how many CPUs a
// job may use on this machine: of each row, the first one that has a number.
var batchVariables = [][]string{
	{"SLURM_CPUS_PER_TASK", "SLURM_CPUS_ON_NODE"}, // the second counts the CPUs of all tasks of the job here
	{"NCPUS", "PBS_NUM_PPN"},
	{"NSLOTS"},
	{"LSB_DJOB_NUMPROC"},
}

// leastCPUs is the least of what was found; a quota of 0 is none.
func leastCPUs(mask CPUBound, quota float64, getenv func(string) string, maxProcs int) CPULimit {
	found := []CPUBound{mask}
	if quota > 0 {
		found = append(found, CPUBound{"cgroup quota", quota})
	}
	system := slices.MinFunc(found, compareBounds).count()
	for _, names := range batchVariables {
		for _, name := range names {
			n, err := strconv.Atoi(strings.TrimSpace(getenv(name)))
			if err == nil && n > 0 {
				found = append(found, CPUBound{name, float64(n)})
				break
			}
		}
	}
	// Otherwise it may be the runtime's default, which says nothing new.
	if maxProcs < system {
		found = append(found, CPUBound{"GOMAXPROCS", float64(maxProcs)})
	}
	slices.SortStableFunc(found, compareBounds)
	return CPULimit{Count: found[0].count(), By: found[0].By, Found: found}
}

func compareBounds(a, b CPUBound) int { return cmp.Compare(a.CPUs, b.CPUs) }

// String is such as "2 CPUs (cgroup quota of 1.5; 64 by affinity mask)".
func (c CPULimit) String() string {
	var s strings.Builder
	fmt.Fprintf(&s, "%d CPU", c.Count)
	if c.Count != 1 {
		s.WriteByte('s')
	}
	if c.By == "" {
		return s.String()
	}
	fmt.Fprintf(&s, " (%s", c.By)
	for i, b := range c.Found {
		switch {
		case i > 0:
			fmt.Fprintf(&s, "; %s by %s", b.number(), b.By)
		case b.CPUs != float64(c.Count):
			fmt.Fprintf(&s, " of %s", b.number())
		}
	}
	s.WriteByte(')')
	return s.String()
}

// number has at most the three decimals that tell a cgroup's least quota, 1 ms
// in every second, from none.
func (b CPUBound) number() string {
	return strconv.FormatFloat(math.Round(b.CPUs*1000)/1000, 'f', -1, 64)
}
