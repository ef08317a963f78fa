package run

import (
	"time"

	"metronome/internal/tempo"
)

// Lease is periods/<period>/lease.json: the run that works on a period. It is taken and renewed by swap.
type Lease struct {
	Version int          `json:"version"`
	Run     ID           `json:"run"`
	Holder  tempo.Holder `json:"holder"`
	Expires time.Time    `json:"expires"` // zero: given back
}

// Live tells whether the lease keeps others from the period at a moment.
func (l Lease) Live(now time.Time) bool { return now.Before(l.Expires) }
