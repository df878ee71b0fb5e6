package plan

import (
	"fmt"
	"math"
	"strings"
)

// Explanation says what running a plan means, in numbers.
type Explanation struct {
	Stages     []StageInfo
	Tasks      int // blocks that stages work on
	Sources    []SourceInfo
	Sinks      []SinkInfo
	BytesRead  int64 // decoded bytes read from all sources
	Written    int64 // bytes written to all sinks, before compression
	WorkingSet int64 // least budget in bytes with which the plan runs
	Peak       int64 // the most it takes of the budget: with as much nothing is spilled
	Budget     int64
	Workers    int
}

// StageInfo describes a stage.
type StageInfo struct {
	Text  string
	Tasks int
	Bound int64 // bytes that one task holds
}

// SourceInfo describes the reading of a source.
type SourceInfo struct {
	Name   string
	Blocks int     // blocks that anything needs
	Bytes  int64   // decoded bytes of one pass
	Passes float64 // how often they are read
	Read   int64   // decoded bytes read in all
}

// SinkInfo describes the writing of a sink.
type SinkInfo struct {
	Name  string
	Bytes int64
}

// Explain describes a plan for which Decide has run.
func (p *Plan) Explain() Explanation {
	e := Explanation{WorkingSet: p.Fit.WorkingSet, Peak: p.Fit.Peak, Budget: p.Fit.Budget, Workers: p.Fit.Workers,
		Sources: make([]SourceInfo, len(p.Sources))}
	for i := range p.Stages {
		s := &p.Stages[i]
		info := StageInfo{Text: p.stageText(i), Bound: p.Fit.Bounds[i]}
		if s.Kind == Load {
			src := p.Sources[s.Source]
			bytes := int64(src.Description.DType.Size())
			if s.Window.Shape == nil {
				bytes = 0
			} else {
				bytes *= int64(s.Window.Elements())
			}
			passes := p.Fit.Passes[s.Source]
			if !src.Viewed {
				bytes = p.Fit.Needed[s.Source]
			}
			e.Sources[s.Source] = SourceInfo{Name: src.Title(), Blocks: p.windowBlocks(i), Bytes: bytes, Passes: passes,
				Read: int64(math.Round(passes * float64(bytes)))}
			e.BytesRead += e.Sources[s.Source].Read
		} else {
			info.Tasks = s.ActiveBlocks()
			e.Tasks += info.Tasks
		}
		e.Stages = append(e.Stages, info)
	}
	for _, s := range p.Sinks {
		n := int64(s.Description.Shape().Elements()) * int64(s.Description.DType.Size())
		e.Sinks = append(e.Sinks, SinkInfo{Name: s.Title(), Bytes: n})
		e.Written += n
	}
	return e
}

// String is the explanation as a page of text.
func (e Explanation) String() string {
	var b strings.Builder
	for _, s := range e.Stages {
		fmt.Fprintln(&b, s.Text)
		if s.Tasks > 0 {
			fmt.Fprintf(&b, "    %d blocks, up to %s each\n", s.Tasks, sizeAbove(s.Bound))
		}
	}
	for _, s := range e.Sources {
		switch {
		case s.Passes == 0:
			fmt.Fprintf(&b, "reads %s in place (%s)\n", s.Name, Size(s.Bytes))
		case s.Passes == 1:
			fmt.Fprintf(&b, "reads %s once: %d blocks, %s\n", s.Name, s.Blocks, Size(s.Read))
		default:
			fmt.Fprintf(&b, "reads %s %.3g times: %d blocks, %s in all\n", s.Name, s.Passes, s.Blocks, Size(s.Read))
		}
	}
	for _, s := range e.Sinks {
		fmt.Fprintf(&b, "writes %s: %s\n", s.Name, Size(s.Bytes))
	}
	fmt.Fprintf(&b, "%d tasks on %d workers\n", e.Tasks, e.Workers)
	fmt.Fprintf(&b, "memory: at least %s, at most %s of a budget of %s\n", sizeAbove(e.WorkingSet), sizeAbove(e.Peak), Size(e.Budget))
	return b.String()
}

// Text is the plan as golden files show it.
func (p *Plan) Text() string {
	var b strings.Builder
	for i := range p.Stages {
		fmt.Fprintln(&b, p.stageText(i))
		for r, in := range p.Stages[i].Program {
			fmt.Fprintf(&b, "    r%d = %s", r, in.Op)
			for _, a := range in.Args {
				fmt.Fprintf(&b, " r%d", a)
			}
			switch in.Op {
			case "read":
				if in.Input < 0 {
					fmt.Fprint(&b, " the selected input")
				} else {
					fmt.Fprintf(&b, " input %d", in.Input)
				}
			case "full":
				fmt.Fprintf(&b, " %v", in.Value)
			}
			fmt.Fprintf(&b, " : %v\n", in.DType)
		}
		for k, out := range p.Stages[i].Outputs {
			if p.Stages[i].Kind == Load {
				continue
			}
			fmt.Fprintf(&b, "    out %d: ", k)
			if out.Reduce != nil {
				fmt.Fprintf(&b, "%s of ", out.Reduce.Op)
			}
			if p.Stages[i].Kind == Fused {
				fmt.Fprintf(&b, "r%d ", out.Reg)
			}
			fmt.Fprintf(&b, "%v %v in blocks %v", out.DType, out.Grid.Shape(), out.Grid)
			for _, s := range out.Sinks {
				fmt.Fprintf(&b, " -> sink %d", s)
			}
			fmt.Fprintln(&b)
		}
	}
	return b.String()
}

func (p *Plan) stageText(i int) string {
	s := &p.Stages[i]
	var b strings.Builder
	fmt.Fprintf(&b, "stage %d: %s", i, s.Kind)
	switch s.Kind {
	case Load:
		src := p.Sources[s.Source]
		fmt.Fprintf(&b, " %s %v %v in blocks %v", src.Title(), src.Description.DType, src.Description.Shape(), s.Grid)
		if s.Window.Shape != nil && !s.Window.Shape.Equal(s.Grid.Shape()) {
			fmt.Fprintf(&b, " window %v", s.Window)
		}
		return b.String()
	case Call, Whole:
		fmt.Fprintf(&b, " %s", s.Op)
	default:
		ops := make([]string, 0, len(s.Program))
		for _, in := range s.Program {
			if in.Op != "read" && in.Op != "full" {
				ops = append(ops, string(in.Op))
			}
		}
		for _, out := range s.Outputs {
			if out.Reduce != nil {
				ops = append(ops, string(out.Reduce.Op))
			}
		}
		if len(ops) == 0 {
			ops = append(ops, string(s.Op))
		}
		fmt.Fprintf(&b, " %s", strings.Join(ops, " "))
	}
	fmt.Fprintf(&b, " over %v in blocks %v", s.Grid.Shape(), s.Grid)
	for j, in := range s.Inputs {
		if j == 4 && len(s.Inputs) > 5 {
			fmt.Fprintf(&b, ", and %d more", len(s.Inputs)-j)
			break
		}
		sep := ", "
		if j == 0 {
			sep = " from "
		}
		fmt.Fprintf(&b, "%sstage %d", sep, in.Stage)
		switch {
		case in.Gather != nil:
			fmt.Fprint(&b, " by index")
		case !in.View.IsIdentity():
			fmt.Fprint(&b, " by a view")
		}
		if in.Direct {
			fmt.Fprint(&b, " block by block")
		}
	}
	return b.String()
}
