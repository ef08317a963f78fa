package tempo

import (
	"time"

	"metronome/internal/batch"
)

// Observation is what one run saw of a pool since its last beat.
type Observation struct {
	Run    string
	Since  time.Time // the last beat of this run; zero: there was none
	Window           // what all workers of the run together sent between Since and now, those that ended included
	// Workers are this run's workers that have a grant: those that live, and those that ended since the last beat.
	Workers []Worker
	Dead    []string    // workers of other runs that are known to be dead
	Ended   []string    // other runs whose process is known to have ended: they ask for nothing any more
	Waiting []Candidate // batches that no worker of this run has
	// CapUntil is when the provider said that a used-up allowance resets; zero: it did not say.
	CapUntil time.Time
	Holder   Holder // put on new grants, until the worker reports its own
}

// Window counts the requests of a stretch of time. The five outcomes that are no success are part of Requests.
type Window struct {
	Requests   int64   `json:"requests"`
	Throttled  int64   `json:"throttled,omitempty"`
	Contention int64   `json:"contention,omitempty"`
	Overload   int64   `json:"overload,omitempty"`
	Cap        int64   `json:"cap,omitempty"`
	Other      int64   `json:"other,omitempty"`
	Seconds    float64 `json:"seconds"`  // from sending to answer, summed over the requests; waiting for a token is not part of it
	Finished   int     `json:"finished"` // entities
}

// Worker is what is known of a worker of this run.
type Worker struct {
	Name      string
	Live      bool   // false: it ended or died, and will send nothing more
	Serial    int64  // of the share that it acknowledged; 0: none yet
	Remaining int64  // requests expected to come
	Holder    Holder // the worker's process; zero: not known
}

// Candidate is a batch that waits for a worker. One whose worker has a grant already was never started, because the decision
// was lost: the next decision repeats the start.
type Candidate struct {
	Batch    batch.ID
	Worker   string // the name that its worker will have; unique for every attempt
	Accounts []string
	Requests int64 // expected to come
}
