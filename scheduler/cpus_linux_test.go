package scheduler

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// oneCPU is the first CPU of the mask of this process.
func oneCPU(t *testing.T) unix.CPUSetDynamic {
	t.Helper()
	all, one := unix.NewCPUSet(maskBits), unix.NewCPUSet(maskBits)
	require.NoError(t, unix.SchedGetaffinityDynamic(os.Getpid(), all))
	for cpu := range maskBits {
		if all.IsSet(cpu) {
			one.Set(cpu)
			return one
		}
	}
	t.Fatal("the mask is empty")
	return nil
}

// onThread runs f on a thread that is not the process's first and that ends
// with f, so that f may change its mask.
func onThread(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		if unix.Gettid() == unix.Getpid() {
			onThread(f) // this one is held meanwhile
			runtime.UnlockOSThread()
			return
		}
		f()
	}()
	<-done
}

// child is how the tests below run themselves in another process.
const child = "GABION_TEST_CPUS"

// TestCPUsUnderAMask: a process that is started under a mask of one CPU may use
// one CPU, and one that gets such a mask while it runs sees it at once.
func TestCPUsUnderAMask(t *testing.T) {
	report := func() { fmt.Println("may use", CPUs()) }
	switch os.Getenv(child) {
	case "started":
		report()
		return
	case "running":
		require.NoError(t, unix.SchedSetaffinityDynamic(os.Getpid(), oneCPU(t)))
		report()
		return
	}

	withoutBatch(t)
	t.Setenv("GOMAXPROCS", "")
	for _, when := range []string{"started", "running"} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestCPUsUnderAMask$")
		cmd.Env = append(os.Environ(), child+"="+when)
		var output []byte
		var err error
		one := oneCPU(t)
		onThread(func() {
			if when == "started" { // a process has the mask of the thread that starts it
				err = unix.SchedSetaffinityDynamic(0, one)
			}
			if err == nil {
				output, err = cmd.CombinedOutput()
			}
		})
		require.NoError(t, err, "%s", output)
		require.Contains(t, string(output), "may use 1 CPU (", when)
		require.Contains(t, string(output), "affinity mask", when)
	}
}

// TestMaskOfACallingThread: a thread that a program binds to a CPU of its own
// does not make the process smaller.
func TestMaskOfACallingThread(t *testing.T) {
	one, want := oneCPU(t), maskedCPUs()
	var err error
	var got CPUBound
	onThread(func() {
		err = unix.SchedSetaffinityDynamic(0, one)
		got = maskedCPUs()
	})
	require.NoError(t, err)
	require.Equal(t, want, got)
}

// TestGroupQuota reads quotas of both versions; the least of a group and its
// ancestors holds.
func TestGroupQuota(t *testing.T) {
	const two = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n"
	const one = "31 23 0:27 / /sys/fs/cgroup/cpu,cpuacct rw shared:10 - cgroup cgroup rw,cpu,cpuacct\n" +
		"32 23 0:28 / /sys/fs/cgroup/cpuset rw shared:11 - cgroup cgroup rw,cpuset\n"
	for name, c := range map[string]struct {
		files map[string]string
		want  float64
	}{
		"no cgroups": {nil, 0},
		"2, none": {map[string]string{"/proc/self/cgroup": "0::/a\n", "/proc/self/mountinfo": two,
			"/sys/fs/cgroup/a/cpu.max": "max 100000\n"}, 0},
		"2, own": {map[string]string{"/proc/self/cgroup": "0::/a\n", "/proc/self/mountinfo": two,
			"/sys/fs/cgroup/a/cpu.max": "150000 100000\n"}, 1.5},
		"2, an ancestor's": {map[string]string{"/proc/self/cgroup": "0::/a/b/c\n", "/proc/self/mountinfo": two,
			"/sys/fs/cgroup/a/cpu.max": "100000 50000\n", "/sys/fs/cgroup/a/b/cpu.max": "max 100000\n", "/sys/fs/cgroup/a/b/c/cpu.max": "400000 100000\n"}, 2},
		"2, a namespace's root": {map[string]string{"/proc/self/cgroup": "0::/\n", "/proc/self/mountinfo": two,
			"/sys/fs/cgroup/cpu.max": "50000 100000\n"}, 0.5},
		"2, damaged": {map[string]string{"/proc/self/cgroup": "0::/a\n", "/proc/self/mountinfo": two,
			"/sys/fs/cgroup/a/cpu.max": "100000\n", "/sys/fs/cgroup/cpu.max": "100000 0\n"}, 0},
		"1, none": {map[string]string{"/proc/self/cgroup": "4:cpu,cpuacct:/a\n", "/proc/self/mountinfo": one,
			"/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us": "-1\n", "/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us": "100000\n"}, 0},
		"1, own": {map[string]string{"/proc/self/cgroup": "5:cpuset:/\n4:cpu,cpuacct:/a\n0::/b\n", "/proc/self/mountinfo": one + two,
			"/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us": "250000\n", "/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us": "100000\n"}, 2.5},
		"1, an ancestor's": {map[string]string{"/proc/self/cgroup": "4:cpuacct,cpu:/a/b\n", "/proc/self/mountinfo": one,
			"/sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_quota_us": "-1\n", "/sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_period_us": "100000\n",
			"/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us": "20000\n", "/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us": "10000\n"}, 2},
		"cpuset is another controller": {map[string]string{"/proc/self/cgroup": "5:cpuset:/a\n", "/proc/self/mountinfo": one,
			"/sys/fs/cgroup/cpuset/a/cpu.cfs_quota_us": "1000\n", "/sys/fs/cgroup/cpuset/a/cpu.cfs_period_us": "1000\n"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, groupQuota(func(name string) string { return c.files[name] }))
		})
	}
}

// TestFewFiles: a call of CPUs looks at two files to find the groups, and at one
// for each of them.
func TestFewFiles(t *testing.T) {
	files := map[string]string{"/proc/self/cgroup": "0::/a/b\n", "/proc/self/mountinfo": strings.Repeat("30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n", 2)}
	var names []string
	groupQuota(func(name string) string {
		names = append(names, name)
		return files[name]
	})
	require.Equal(t, []string{"/proc/self/cgroup", "/proc/self/mountinfo",
		"/sys/fs/cgroup/a/b/cpu.max", "/sys/fs/cgroup/a/cpu.max", "/sys/fs/cgroup/cpu.max"}, names)
}
