package call

import (
	"fmt"

	"gabion/array"
	"gabion/block"
	"gabion/graph"
)

// pairs is a whole number, a pair of them, or a list of pairs: one pair for all
// axes, or one for each. nil if it is not given.
func (a *arguments) pairs(name string) [][2]int {
	switch v := a.value(name).(type) {
	case nil:
		return nil
	case []Arg:
		if _, nested := first(v).([]Arg); !nested {
			return [][2]int{a.pair(name, v)}
		}
		out := make([][2]int, len(v))
		for i, item := range v {
			list, _ := item.([]Arg)
			out[i] = a.pair(name, list)
		}
		return out
	default:
		n := a.whole(name, v)
		return [][2]int{{n, n}}
	}
}

func first(list []Arg) Arg {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

func (a *arguments) pair(name string, list []Arg) [2]int {
	switch len(list) {
	case 1:
		n := a.whole(name, list[0])
		return [2]int{n, n}
	case 2:
		return [2]int{a.whole(name, list[0]), a.whole(name, list[1])}
	}
	a.fail(graph.TypeError, name, fmt.Errorf("it is made of pairs of whole numbers, not of lists of %d", len(list)))
	return [2]int{}
}

// chunks is how an array of a number of axes is divided: a length for all axes,
// text, a grid, or a list with a length, a list of lengths, "auto" or nil for each
// axis. Nothing if it is not given.
func (a *arguments) chunks(name string, rank int) []array.ChunkSpec {
	wrongRank := func(n int) []array.ChunkSpec {
		a.fail(graph.ValueError, name, fmt.Errorf("they are given for %d axes, the array has %d", n, rank))
		return nil
	}
	switch v := a.value(name).(type) {
	case nil:
		return nil
	case string:
		spec, err := array.ParseChunks(v)
		if err != nil {
			a.fail(graph.ValueError, name, err)
		}
		return []array.ChunkSpec{spec}
	case block.Grid:
		if len(v) != rank {
			return wrongRank(len(v))
		}
		return []array.ChunkSpec{array.ChunksOf(v)}
	case []Arg:
		if len(v) != rank {
			return wrongRank(len(v))
		}
		var specs []array.ChunkSpec
		for axis, item := range v {
			switch item := item.(type) {
			case nil:
			case string:
				if item != "auto" {
					a.fail(graph.ValueError, name, fmt.Errorf(`of an axis it is a length, a list of lengths, "auto" or null, not %q`, shortened(item)))
				}
				specs = append(specs, array.ChunksAlong(axis, array.Auto))
			case []Arg:
				sizes := make([]int, len(item))
				for i, size := range item {
					sizes[i] = a.whole(name, size)
				}
				specs = append(specs, array.ChunkSizesAlong(axis, sizes...))
			default:
				specs = append(specs, array.ChunksAlong(axis, a.whole(name, item)))
			}
		}
		return specs
	default:
		return []array.ChunkSpec{array.Chunks(a.whole(name, v))}
	}
}

// creation are the options of an array that is made: its chunks, which may be
// given, and its labels.
func (a *arguments) creation(rank int) []array.CreateOption {
	opts := a.labels
	a.labels = nil
	if a.takes("chunks") {
		for _, spec := range a.chunks("chunks", rank) {
			opts = append(opts, spec)
		}
	}
	return opts
}
