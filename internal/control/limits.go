package control

import (
	"context"
	"errors"
	"math"
	"strconv"
	"time"

	"metronome/internal/failure"
	"metronome/internal/ledger"
	"metronome/internal/tempo"
)

// Limits is pools/<pool>/limits.json: what a person set for a pool in place of what metronome.yaml says, for all runs and
// until it is set anew or given up. Pulses read it on every beat.
type Limits struct {
	Version           int       `json:"version"`
	RequestsPerSecond float64   `json:"requestsPerSecond"` // 0: what metronome.yaml says
	At                time.Time `json:"at"`
	By                string    `json:"by,omitempty"`
}

// limitsVersion is the format version of a stored Limits.
const limitsVersion = 1

// Over gives a pool's configured limits with what was set in place of them.
func (s Limits) Over(configured tempo.Limits) tempo.Limits {
	if s.RequestsPerSecond > 0 {
		configured.RequestsPerSecond = s.RequestsPerSecond
	}
	return configured
}

// ReadLimits gives what was set for a pool; the zero Limits where nothing was.
func ReadLimits(ctx context.Context, l ledger.Ledger, pool string) (Limits, error) {
	set, _, err := ledger.ReadJSON[Limits](ctx, l, ledger.LimitsKey(pool))
	if errors.Is(err, ledger.ErrNotFound) {
		return Limits{}, nil
	}
	return set, err
}

// SetRate sets the requests per second of a pool; 0 goes back to what metronome.yaml says.
func SetRate(ctx context.Context, l ledger.Ledger, pool string, rate float64, by string) (Limits, error) {
	if rate < 0 || math.IsNaN(rate) || math.IsInf(rate, 0) {
		return Limits{}, failure.New(failure.Config, "requests per second", strconv.FormatFloat(rate, 'g', -1, 64),
			"write a number above 0", "not a rate")
	}
	return ledger.Update(ctx, l, ledger.LimitsKey(pool), func(current Limits, exists bool) (Limits, error) {
		if current.RequestsPerSecond == rate && exists {
			return current, nil
		}
		return Limits{Version: limitsVersion, RequestsPerSecond: rate, At: time.Now().UTC(), By: by}, nil
	})
}
