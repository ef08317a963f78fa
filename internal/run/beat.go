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
	Version   int                 `json:"version"`
	Number    int                 `json:"number"`
	At        time.Time           `json:"at"`
	Since     time.Time           `json:"since,omitzero"` // the last beat
	Window    Counts              `json:"window"`         // what the pool's workers of this run did since the last beat
	Total     Counts              `json:"total"`          // what they did since the run began
	Finished  int                 `json:"finished"`       // entities, since the run began
	Newly     int                 `json:"newly"`          // entities finished since the last beat
	Decision  tempo.Decision      `json:"decision"`
	Attempts  map[batch.ID]int    `json:"attempts,omitempty"` // workers started so far, by batch
	Lost      map[batch.ID]int    `json:"lost,omitempty"`     // of them, those that ended without saying so and were replaced
	GivenUp   map[batch.ID]GiveUp `json:"givenUp,omitempty"`  // batches that will not be tried again
	Postponed time.Time           `json:"postponed,omitzero"` // when the next handed-back batch is worth trying again
	Peak      int                 `json:"peak"`               // most workers at once so far
}

// GiveUp says why a batch is not tried again.
type GiveUp struct {
	Class failure.Class `json:"class"`
	Error string        `json:"error"`
	Hint  string        `json:"hint"`
}
