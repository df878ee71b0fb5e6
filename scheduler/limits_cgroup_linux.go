package scheduler

import (
	"os"
	"path"
	"slices"
	"strings"
)

// readFile is the text of a file; "" if it cannot be read.
func readFile(name string) string {
	text, err := os.ReadFile(name)
	if err != nil {
		return ""
	}
	return string(text)
}

// groups are the folders of the process's cgroup and of its ancestors as far as
// they can be seen, the process's own first. A limit of any of them holds. A
// folder need not exist.
type groups struct {
	version int // of the hierarchy, 1 or 2
	dirs    []string
}

// groupsOf finds the groups that limit what a controller such as "memory" is in
// charge of, by proc_pid_cgroup(5), cgroups(7) and proc_pid_mountinfo(5). A
// controller is in one hierarchy only: in one of version 1 that names it, or
// else in that of version 2.
func groupsOf(controller string, read func(name string) string) groups {
	g := groups{version: 2}
	group := ""
	for line := range strings.Lines(read("/proc/self/cgroup")) {
		// hierarchy:controllers:path, with no controllers in version 2
		parts := strings.SplitN(strings.TrimSuffix(line, "\n"), ":", 3)
		if len(parts) != 3 || !strings.HasPrefix(parts[2], "/") {
			continue
		}
		if slices.Contains(strings.Split(parts[1], ","), controller) {
			g.version, group = 1, parts[2]
			break
		}
		if parts[0] == "0" {
			group = parts[2]
		}
	}
	if group == "" {
		return g
	}

	apart := ""
	for line := range strings.Lines(read("/proc/self/mountinfo")) {
		m, ok := parseMount(line)
		if !ok || !m.holds(g.version, controller) {
			continue
		}
		if inside, ok := below(group, m.root); ok {
			for dir := inside; ; dir = path.Dir(dir) {
				if name := path.Join(m.point, dir); !slices.Contains(g.dirs, name) {
					g.dirs = append(g.dirs, name)
				}
				if dir == "/" {
					break
				}
			}
		} else if apart == "" && !outside(group) {
			apart = m.point
		}
	}
	// In a container whose mount cannot be matched with the group's path the
	// mount's root is the container's group.
	if len(g.dirs) == 0 && apart != "" {
		g.dirs = []string{apart}
	}
	return g
}

// mount is what a line of mountinfo says of a mounted hierarchy of cgroups.
type mount struct {
	root, point   string // the group at the top, and the folder where it is
	kind, options string // of the file system
}

func parseMount(line string) (m mount, ok bool) {
	before, after, _ := strings.Cut(line, " - ")
	left, right := strings.Fields(before), strings.Fields(after)
	if len(left) < 5 || len(right) < 3 {
		return m, false
	}
	return mount{unescape.Replace(left[3]), unescape.Replace(left[4]), right[0], right[2]}, true
}

// unescape undoes what the kernel does to names in mountinfo.
var unescape = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)

// holds reports whether it is the hierarchy that a controller is in.
func (m mount) holds(version int, controller string) bool {
	if version == 2 {
		return m.kind == "cgroup2"
	}
	return m.kind == "cgroup" && slices.Contains(strings.Split(m.options, ","), controller)
}

// below is the path of a group as seen from root, which it must be or be below.
func below(group, root string) (inside string, ok bool) {
	switch {
	case group == root:
		return "/", true
	case root == "/":
		return group, !outside(group)
	}
	inside, ok = strings.CutPrefix(group, root)
	return inside, ok && strings.HasPrefix(inside, "/")
}

// outside reports whether a group is outside of the process's own namespace of
// cgroups, so that what is mounted inside says nothing of it.
func outside(group string) bool { return group == "/.." || strings.HasPrefix(group, "/../") }
