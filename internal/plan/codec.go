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
	p.prepare()
	return &p, nil
}
