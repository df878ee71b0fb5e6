package block

import (
	"encoding/json"
	"fmt"
)

// axisJSON is the stored form of an Axis.
type axisJSON struct {
	Length  int   `json:"length"`
	Blocks  int   `json:"blocks"`
	Phase   int   `json:"phase,omitempty"`
	Period  int   `json:"period,omitempty"`
	Offsets []int `json:"offsets,omitempty"`
}

// MarshalJSON writes the axis in a size that does not grow with the number of
// blocks of a regular axis.
func (a Axis) MarshalJSON() ([]byte, error) {
	return json.Marshal(axisJSON{a.length, a.Blocks(), a.phase, a.period, a.offsets})
}

// UnmarshalJSON reads what MarshalJSON wrote and refuses anything that is not
// an axis.
func (a *Axis) UnmarshalJSON(data []byte) error {
	var j axisJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	if j.Length <= 0 {
		*a = Axis{length: max(j.Length, Unknown), blocks: max(1, j.Blocks)}
		return nil
	}
	if j.Period <= 0 || j.Phase > 0 || j.Phase <= -j.Period || len(j.Offsets) == 0 || j.Offsets[0] != 0 {
		return fmt.Errorf("an axis of length %d has no boundaries that repeat with period %d from %d", j.Length, j.Period, j.Phase)
	}
	for i, offset := range j.Offsets {
		if offset >= j.Period || i > 0 && offset <= j.Offsets[i-1] {
			return fmt.Errorf("the boundaries %v of an axis are not ascending below the period %d", j.Offsets, j.Period)
		}
	}
	*a = periodic(j.Length, j.Phase, j.Period, j.Offsets)
	if a.blocks != j.Blocks {
		return fmt.Errorf("an axis says it has %d blocks, its boundaries make %d", j.Blocks, a.blocks)
	}
	return nil
}
