//go:build !linux && !darwin && !windows

package scheduler

func machineMemory() int64 { return 0 }

func groupMemory() int64 { return 0 }
