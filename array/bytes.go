package array

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// byteUnits are the units of sizes in lower case, the longer names first.
var byteUnits = []struct {
	name string
	size float64
}{
	{"kib", 1 << 10}, {"mib", 1 << 20}, {"gib", 1 << 30}, {"tib", 1 << 40},
	{"kb", 1e3}, {"mb", 1e6}, {"gb", 1e9}, {"tb", 1e12}, {"b", 1}, {"", 1},
}

// ParseBytes reads a number of bytes, at least 1, with a unit in capitals or not,
// or without one: 64MiB is 64·2²⁰, 1.5 GB is 1.5·10⁹, 1000 is itself.
func ParseBytes(text string) (int64, error) {
	trimmed := strings.ToLower(strings.TrimSpace(text))
	for _, unit := range byteUnits {
		digits, ok := strings.CutSuffix(trimmed, unit.name)
		if !ok {
			continue
		}
		digits = strings.TrimSpace(digits)
		if strings.Trim(digits, "0123456789.") != "" { // such as 0x10, 1e3, inf
			break
		}
		f, err := strconv.ParseFloat(digits, 64)
		f *= unit.size
		if f >= math.MaxInt64 { // or infinite, with an error
			return 0, &sizeError{text}
		}
		if err != nil || f < 1 {
			break
		}
		return int64(f), nil
	}
	return 0, fmt.Errorf("%q is not a size: write it as 64MiB, 1.5GB or a number of bytes", text)
}

// sizeError reports a size that is one, but of more bytes than an int64 counts.
type sizeError struct{ text string }

func (e *sizeError) Error() string {
	return fmt.Sprintf("%q is too large: a size is less than 8388608TiB", e.text)
}
