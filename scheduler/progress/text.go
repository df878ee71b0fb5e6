package progress

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

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

// grouped is a number that is not negative, with its digits in threes: 12,345.
func grouped(n int64) string {
	digits := strconv.FormatInt(n, 10)
	var b []byte
	for i, d := range []byte(digits) {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b = append(b, ',')
		}
		b = append(b, d)
	}
	return string(b)
}

// whole is a positive number without its fraction.
func whole(x float64) int64 { return int64(min(math.Round(x), math.MaxInt64/2)) }

func bytesPerSecond(rate float64) string { return size(whole(rate)) + "/s" }

func tenths(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }

// timeLeft is how long the rest takes at a rate.
func timeLeft(rest, rate float64) string {
	if rest <= 0 || rate <= 0 {
		return ""
	}
	return "  " + seconds(rest/rate) + " left"
}

func duration(d time.Duration) string { return seconds(d.Seconds()) }

// seconds is a time in the two units that matter: 0.3s, 12s, 3m05s, 2h07m,
// 3d04h.
func seconds(x float64) string {
	if x >= 1000*24*3600 {
		return "years"
	}
	switch s := int64(math.Round(x)); {
	case x < 9.95:
		return fmt.Sprintf("%.1fs", max(0, x))
	case s < 60:
		return fmt.Sprintf("%ds", s)
	case s < 3600:
		return fmt.Sprintf("%dm%02ds", s/60, s%60)
	case s < 24*3600:
		return fmt.Sprintf("%dh%02dm", s/3600, s/60%60)
	default:
		return fmt.Sprintf("%dd%02dh", s/86400, s/3600%24)
	}
}
