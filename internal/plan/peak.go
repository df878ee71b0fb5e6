package plan

import "math/bits"

// peak is the most memory that the plan takes where nothing has to be given up:
// what f.Peak has for tasks and kept blocks of sources, the blocks between stages,
// and the partials that wait for those they merge with.
func (p *Plan) peak(f *Fit, readers [][][]Reader) int64 {
	total := float64(f.Peak)
	// What waits is at the ends of the stretches that tasks work on: a few more
	// than there are workers, as tasks are handed on.
	stretches := float64(2 * (max(1, f.Workers) + 1))
	for i := range p.Stages {
		s := &p.Stages[i]
		if s.Kind == Load {
			continue
		}
		for k := range s.Outputs {
			out := &s.Outputs[k]
			if leaves := s.Leaves(); out.Reduce != nil && leaves > 1 {
				// At each end at most one partial of each level of the tree.
				waiting := min(2*stretches*float64(bits.Len(uint(leaves))), float64(s.Units())*float64(leaves))
				total += waiting * float64(s.partial(out))
			}
			by := readers[i][k]
			if len(by) == 0 {
				continue
			}
			held := float64(s.ActiveBlocks()) * float64(out.largest())
			if len(by) == 1 && p.Single(by[0].Stage, by[0].Input) {
				// A block waits for its one reader no longer than for the others
				// that this task reads, which are a run of small ones at most.
				held = min(held, stretches*float64(max(out.largest(), RunBytes)))
			}
			total += held
		}
	}
	return int64(min(total, float64(f.Budget)))
}
