package progress

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// drawing is the part that is done as a bar.
func drawing(part float64) string {
	const width = 28
	full := min(width, int(part*width))
	return "[" + strings.Repeat("#", full) + strings.Repeat("-", width-full) + "]"
}

var units = []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB"}

// scale is the unit in which n is best read, as an index and a size.
func scale(n int64) (unit int, of float64) {
	of = 1
	for float64(n) >= 1024*of && unit < len(units)-1 {
		of *= 1024
		unit++
	}
	return unit, of
}

// size is n bytes with one digit after the point.
func size(n int64) string {
	unit, one := scale(n)
	if unit == 0 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %s", float64(n)/one, units[unit])
}

// of is a number of bytes of a whole, both in the whole's unit.
func of(n, whole int64) string {
	unit, one := scale(whole)
	if unit == 0 {
		return fmt.Sprintf("%d of %d B", n, whole)
	}
	return fmt.Sprintf("%.1f of %.1f %s", float64(n)/one, float64(whole)/one, units[unit])
}

// duration is d in the two units that matter: 0.3s, 12s, 3m05s, 2h07m, 3d04h.
func duration(d time.Duration) string {
	seconds := d.Seconds()
	switch s := int64(math.Round(seconds)); {
	case seconds < 9.95:
		return fmt.Sprintf("%.1fs", max(0, seconds))
	case s < 60:
		return fmt.Sprintf("%ds", s)
	case s < 3600:
		return fmt.Sprintf("%dm%02ds", s/60, s%60)
	case s < 24*3600:
		return fmt.Sprintf("%dh%02dm", s/3600, s/60%60)
	case s < 1000*24*3600:
		return fmt.Sprintf("%dd%02dh", s/86400, s/3600%24)
	}
	return "years"
}
