package run

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

// PoolLimits is pools/<pool>/limits.json: what a person set for a pool in place of what metronome.yaml says, for all runs and
// until it is set anew or given up. Pulses read it on every beat.
type PoolLimits struct {
	Version           int       `json:"version"`
	RequestsPerSecond float64   `json:"requestsPerSecond"` // 0: what metronome.yaml says
	At                time.Time `json:"at"`
	By                string    `json:"by,omitempty"`
}

// limitsVersion is the format version of a stored PoolLimits.
const limitsVersion = 1

// Over returns a pool's configured limits with what was set in place of them.
func (s PoolLimits) Over(configured tempo.Limits) tempo.Limits {
	if s.RequestsPerSecond > 0 {
		configured.RequestsPerSecond = s.RequestsPerSecond
	}
	return configured
}

// ReadPoolLimits returns what was set for a pool; the zero PoolLimits where nothing was.
func ReadPoolLimits(ctx context.Context, l ledger.Ledger, pool string) (PoolLimits, error) {
	set, _, err := ledger.ReadJSON[PoolLimits](ctx, l, LimitsKey(pool))
	if errors.Is(err, ledger.ErrNotFound) {
		return PoolLimits{}, nil
	}
	return set, err
}

// SetPoolRate sets the requests per second of a pool; 0 goes back to what metronome.yaml says.
func SetPoolRate(ctx context.Context, l ledger.Ledger, pool string, rate float64, by string) (PoolLimits, error) {
	if rate < 0 || math.IsNaN(rate) || math.IsInf(rate, 0) {
		return PoolLimits{}, failure.New(failure.Config, "requests per second", strconv.FormatFloat(rate, 'g', -1, 64),
			"write a number above 0", "not a rate")
	}
	return ledger.Update(ctx, l, LimitsKey(pool), func(current PoolLimits, exists bool) (PoolLimits, error) {
		if current.RequestsPerSecond == rate && exists {
			return current, nil
		}
		return PoolLimits{Version: limitsVersion, RequestsPerSecond: rate, At: time.Now().UTC(), By: by}, nil
	})
}
