package plan

// peak is the most memory that the plan takes where nothing has to be given up:
// what f.Peak has for tasks and kept blocks of sources, and the blocks between
// stages.
func (p *Plan) peak(f *Fit, readers [][][]Reader) int64 {
	total := f.Peak
	for i := range p.Stages {
		s := &p.Stages[i]
		if s.Kind == Load {
			continue
		}
		for k, out := range s.Outputs {
			by := readers[i][k]
			if len(by) == 0 {
				continue
			}
			largest := class(int64(out.Grid.Largest().Elements()) * int64(out.DType.Size()))
			held := float64(s.ActiveBlocks()) * float64(largest)
			if len(by) == 1 && p.Single(by[0].Stage, by[0].Input) {
				// A block waits for its one reader no longer than for the others
				// that this task reads, which are a run of small ones at most.
				tasks := 2 * (max(1, f.Workers) + 1)
				held = min(held, float64(tasks)*float64(max(largest, RunBytes)))
			}
			total += int64(min(held, float64(f.Budget)))
			if total >= f.Budget {
				return f.Budget
			}
		}
	}
	return min(total, f.Budget)
}
