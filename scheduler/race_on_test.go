//go:build race

package scheduler_test

// raced: the race detector watches, and all takes ten to fifty times as long.
const raced = true
