package tempo

import (
	"time"

	"metronome/internal/batch"
)

// Decision is what a beat decided for one run.
type Decision struct {
	Rate        float64          `json:"rate"`             // requests per second of the pool, all runs together
	Workers     int              `json:"workers"`          // that the run shall have
	Shares      map[string]Share `json:"shares,omitempty"` // by worker: of all live workers of the run, those that start included
	Start       []Start          `json:"start,omitempty"`
	Parked      []Parked         `json:"parked,omitempty"`
	Wait        time.Duration    `json:"wait"`                 // until the next beat, in nanoseconds
	Done        bool             `json:"done"`                 // no worker lives and nothing that could start waits, but for what is parked
	ExpectedEnd time.Time        `json:"expectedEnd,omitzero"` // of all that is not parked
	Reason      string           `json:"reason"`               // what was seen, what was decided and why
}

// Start asks for a worker. Carrying it out twice must not make a second worker of the name.
type Start struct {
	Worker string   `json:"worker"`
	Batch  batch.ID `json:"batch"`
	Share  Share    `json:"share"`
}

// Parked says which batches have to wait for an allowance, and why.
type Parked struct {
	Batches []batch.ID `json:"batches"`
	Until   time.Time  `json:"until,omitzero"` // zero: not before the budget is raised
	Reason  string     `json:"reason"`
}
