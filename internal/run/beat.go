package run

import (
	"time"

	"metronome/internal/batch"
	"metronome/internal/failure"
	"metronome/internal/tempo"
)

// Beat is beats/<pool>/<number>.json: what one beat saw and decided. It is created by the pulse that owns the beat, so two
// pulses cannot both own one, and completed by the same pulse once the decision is made.
type Beat struct {
	Version       int                 `json:"version"`
	Number        int                 `json:"number"`
	At            time.Time           `json:"at"`
	PreviousAt    time.Time           `json:"since,omitzero"` // when the previous beat was taken
	SincePrevious Counts              `json:"window"`         // what the pool's workers of this run did since then
	Total         Counts              `json:"total"`          // what they did since the run began
	Finished      int                 `json:"finished"`       // entities, since the run began
	NewlyFinished int                 `json:"newly"`          // entities finished since the previous beat
	Decision      tempo.Decision      `json:"decision"`
	Attempts      map[batch.ID]int    `json:"attempts,omitempty"` // workers started so far, by batch
	Lost          map[batch.ID]int    `json:"lost,omitempty"`     // of them, those that ended without saying so and were replaced
	GivenUp       map[batch.ID]GiveUp `json:"givenUp,omitempty"`  // batches that will not be tried again
	NextRetryAt   time.Time           `json:"postponed,omitzero"` // the earliest time at which a handed-back batch may be tried again
	PeakWorkers   int                 `json:"peak"`               // most workers at once so far
}

// GiveUp says why a batch is not tried again.
type GiveUp struct {
	Class failure.Class `json:"class"`
	Error string        `json:"error"`
	Hint  string        `json:"hint"`
}
