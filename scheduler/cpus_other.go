//go:build !linux

package scheduler

import "runtime"

func maskedCPUs() CPUBound { return CPUBound{"runtime.NumCPU", float64(runtime.NumCPU())} }

func quotaCPUs() float64 { return 0 }
