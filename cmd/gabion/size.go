package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// units are those of sizes, the longer names first.
var units = []struct {
	name string
	size float64
}{
	{"kib", 1 << 10}, {"mib", 1 << 20}, {"gib", 1 << 30}, {"tib", 1 << 40},
	{"kb", 1e3}, {"mb", 1e6}, {"gb", 1e9}, {"tb", 1e12}, {"b", 1}, {"", 1},
}

// parseSize reads a number of bytes: 64MiB, 1.5 GB, 1000000.
func parseSize(text string) (int64, error) {
	trimmed := strings.ToLower(strings.TrimSpace(text))
	for _, unit := range units {
		digits, ok := strings.CutSuffix(trimmed, unit.name)
		if !ok {
			continue
		}
		digits = strings.TrimSpace(digits)
		if strings.Trim(digits, "0123456789.") != "" { // such as 0x10, 1e3, inf
			break
		}
		f, err := strconv.ParseFloat(digits, 64)
		if err != nil || f*unit.size < 1 || f*unit.size >= math.MaxInt64 {
			break
		}
		return int64(f * unit.size), nil
	}
	return 0, fmt.Errorf("%q is not a size: write it as 64MiB, 1.5GB or a number of bytes", text)
}
