package plan

import (
	"encoding/json"
	"fmt"
)

// UnnamedError reports a plan that cannot be encoded because it refers to
// something that only this process has.
type UnnamedError struct {
	What string
	Site fmt.Stringer
}

func (e *UnnamedError) Error() string {
	return fmt.Sprintf("the plan cannot leave this process: %s (at %v) has no name; read from a file, or register the function", e.What, e.Site)
}

// Encode is the plan as bytes from which Decode makes an equal one (P2). Sources
// and functions without a name are an *UnnamedError.
func (p *Plan) Encode() ([]byte, error) {
	for _, s := range p.Sources {
		if s.Name == "" {
			return nil, &UnnamedError{"a source in memory", s.Site}
		}
	}
	for _, f := range p.Funcs {
		if f.Name == "" {
			return nil, &UnnamedError{"a function", f.Site}
		}
	}
	return json.Marshal(p)
}

// Decode reads what Encode wrote. It checks that every reference within the plan
// is to something there.
func Decode(data []byte) (*Plan, error) {
	var p Plan
	if err := json.Unmarshal(data, &p); err != nil {
		return nil, fmt.Errorf("decode plan: %w", err)
	}
	if err := p.Check(); err != nil {
		return nil, fmt.Errorf("decode plan: %w", err)
	}
	return &p, nil
}

// Check reports the first reference in the plan that leads nowhere.
func (p *Plan) Check() error {
	for i := range p.Stages {
		s := &p.Stages[i]
		if s.Kind == Load && (s.Source < 0 || s.Source >= len(p.Sources)) {
			return fmt.Errorf("stage %d reads source %d of %d", i, s.Source, len(p.Sources))
		}
		if s.Kind == Call && (s.Func < 0 || s.Func >= len(p.Funcs)) {
			return fmt.Errorf("stage %d calls function %d of %d", i, s.Func, len(p.Funcs))
		}
		if s.Reduced != nil && len(s.Reduced) != len(s.Grid) {
			return fmt.Errorf("stage %d reduces %d of %d axes", i, len(s.Reduced), len(s.Grid))
		}
		if s.Select != nil && len(s.Select.Bounds) != len(s.Inputs)+1 {
			return fmt.Errorf("stage %d selects from %d inputs by %d bounds", i, len(s.Inputs), len(s.Select.Bounds))
		}
		for j, in := range s.Inputs {
			if in.Stage < 0 || in.Stage >= i || in.Output < 0 || in.Output >= len(p.Stages[in.Stage].Outputs) {
				return fmt.Errorf("stage %d reads output %d of stage %d as input %d", i, in.Output, in.Stage, j)
			}
			if len(in.View.Dims) != len(in.Grid) {
				return fmt.Errorf("stage %d views input %d with %d axes as one with %d", i, j, len(in.Grid), len(in.View.Dims))
			}
		}
		for r, in := range s.Program {
			for _, a := range in.Args {
				if a < 0 || a >= r {
					return fmt.Errorf("stage %d uses register %d in step %d", i, a, r)
				}
			}
			if in.Op == "read" && (in.Input >= len(s.Inputs) || in.Input < 0 && s.Select == nil) {
				return fmt.Errorf("stage %d reads input %d of %d in step %d", i, in.Input, len(s.Inputs), r)
			}
		}
		for k, out := range s.Outputs {
			if s.Kind == Fused && (out.Reg < 0 || out.Reg >= len(s.Program)) {
				return fmt.Errorf("stage %d makes output %d from register %d of %d", i, k, out.Reg, len(s.Program))
			}
			for _, sink := range out.Sinks {
				if sink < 0 || sink >= len(p.Sinks) {
					return fmt.Errorf("stage %d writes sink %d of %d", i, sink, len(p.Sinks))
				}
			}
		}
	}
	return nil
}
