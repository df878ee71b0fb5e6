package scheduler

import (
	"time"

	"gabion/block"
	"gabion/internal/plan"
)

// Events is told what an engine does. Every function is optional. They are
// called from the engine's goroutines, several at once, and must return
// quickly.
type Events struct {
	PlanStart func(PlanStart)
	TaskEnd   func(TaskEnd)
	Read      func(Transfer) // a region was read from a source
	Write     func(Transfer) // a region was written to a sink
	Spill     func(bytes int64)
	PlanEnd   func(PlanEnd)
}

// PlanStart is told when a plan was admitted.
type PlanStart struct {
	Plan        int64 // number of the run on its engine
	Explanation plan.Explanation
	At          time.Time
}

// TaskEnd is told when a block of a stage was computed.
type TaskEnd struct {
	Plan        int64
	Stage, Task int // the stage, and the number of the block in its grid
	Worker      int
	Start, End  time.Time
	Bytes       int64 // memory held at most
	Bound       int64 // memory it might have held
}

// Transfer is told when a region was read or written.
type Transfer struct {
	Plan   int64
	Slot   int // number of the source or sink in the plan
	Region block.Region
	Bytes  int64 // decoded bytes
}

// PlanEnd is told when a plan is over.
type PlanEnd struct {
	Plan int64
	Err  error
	At   time.Time
}
