package scheduler

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestGroupsOf finds the folders of a process's groups, on machines and in
// containers.
func TestGroupsOf(t *testing.T) {
	for name, c := range map[string]struct {
		cgroup, mounts string
		want           groups
	}{
		"version 2": {
			"0::/user.slice/session.scope\n",
			"24 1 0:22 / /proc rw - proc proc rw\n30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw\n",
			groups{2, []string{"/sys/fs/cgroup/user.slice/session.scope", "/sys/fs/cgroup/user.slice", "/sys/fs/cgroup"}},
		},
		"version 1": {
			"9:name=systemd:/s\n4:blkio,memory:/a\n0::/b\n",
			"35 31 0:32 / /sys/fs/cgroup/blkio rw - cgroup cgroup rw,blkio,memory\n36 31 0:33 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n",
			groups{1, []string{"/sys/fs/cgroup/blkio/a", "/sys/fs/cgroup/blkio"}},
		},
		"both, and version 2 has the controller": {
			"9:name=systemd:/s\n4:cpu:/a\n0::/b\n",
			"35 31 0:32 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n36 31 0:33 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n",
			groups{2, []string{"/sys/fs/cgroup/unified/b", "/sys/fs/cgroup/unified"}},
		},
		"a container with a namespace": {
			"0::/\n",
			"30 23 0:26 / /sys/fs/cgroup ro - cgroup2 cgroup rw\n",
			groups{2, []string{"/sys/fs/cgroup"}},
		},
		"a container that sees its group's path and only its own folder": {
			"4:memory:/docker/abc\n",
			"35 31 0:32 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n",
			groups{1, []string{"/sys/fs/cgroup/memory"}},
		},
		"a group inside of such a container": {
			"4:memory:/docker/abc/job/1\n",
			"35 31 0:32 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n",
			groups{1, []string{"/sys/fs/cgroup/memory/job/1", "/sys/fs/cgroup/memory/job", "/sys/fs/cgroup/memory"}},
		},
		"a container whose path has nothing to do with the mount": {
			"0::/kubepods/pod7\n",
			"30 23 0:26 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw\n",
			groups{2, []string{"/sys/fs/cgroup"}},
		},
		"a name that begins like another": {
			"0::/docker/abcdef\n",
			"30 23 0:26 /docker/abc /mnt/other ro - cgroup2 cgroup rw\n31 23 0:26 / /sys/fs/cgroup ro - cgroup2 cgroup rw\n",
			groups{2, []string{"/sys/fs/cgroup/docker/abcdef", "/sys/fs/cgroup/docker", "/sys/fs/cgroup"}},
		},
		"mounted before the namespace was made": {
			"0::/\n",
			"30 23 0:26 /../.. /sys/fs/cgroup ro - cgroup2 cgroup rw\n",
			groups{2, []string{"/sys/fs/cgroup"}},
		},
		"outside of the namespace": {
			"0::/../other\n",
			"30 23 0:26 / /sys/fs/cgroup ro - cgroup2 cgroup rw\n",
			groups{2, nil},
		},
		"names with spaces and colons": {
			"0::/a b:c\n",
			"30 23 0:26 / /mnt/c\\040\\134groups rw - cgroup2 cgroup2 rw\n",
			groups{2, []string{"/mnt/c \\groups/a b:c", "/mnt/c \\groups"}},
		},
		"not mounted": {"0::/a\n", "24 1 0:22 / /proc rw - proc proc rw\n", groups{2, nil}},
		"damaged":     {"0::a\n4:memory\n\n", "30 23 0:26 / /sys/fs/cgroup rw\n\n- - cgroup2\n", groups{2, nil}},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{"/proc/self/cgroup": c.cgroup, "/proc/self/mountinfo": c.mounts}
			require.Equal(t, c.want, groupsOf("memory", func(name string) string { return files[name] }))
		})
	}
}

// TestGroupLimit: the least memory limit of a group and its ancestors holds.
func TestGroupLimit(t *testing.T) {
	files := map[string]string{
		"/proc/self/cgroup":             "0::/a/b\n",
		"/proc/self/mountinfo":          "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n",
		"/sys/fs/cgroup/a/b/memory.max": "max\n",
		"/sys/fs/cgroup/a/memory.max":   "1073741824\n",
	}
	read := func(name string) string { return files[name] }
	require.Equal(t, int64(1<<30), groupLimit(read))
	files["/sys/fs/cgroup/a/b/memory.max"] = "536870912\n"
	require.Equal(t, int64(1<<29), groupLimit(read))

	files["/proc/self/cgroup"] = "4:memory:/a\n0::/a/b\n"
	require.Zero(t, groupLimit(read), "version 1 has the controller and is not mounted")
	files["/proc/self/mountinfo"] += "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
	files["/sys/fs/cgroup/memory/a/memory.limit_in_bytes"] = "268435456\n"
	files["/sys/fs/cgroup/memory/memory.limit_in_bytes"] = "9223372036854771712\n"
	require.Equal(t, int64(1<<28), groupLimit(read))
}
