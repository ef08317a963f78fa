package simulator

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestLatencies(t *testing.T) {
	t.Parallel()
	ms := time.Millisecond
	tests := map[string]struct {
		latency               Latency
		lowest, p50, p99, top time.Duration
	}{
		"none":      {Latency{}, 0, 0, 0, 0},
		"fixed":     {Latency{Fixed: 40 * ms}, 40 * ms, 40 * ms, 40 * ms, 40 * ms},
		"uniform":   {Latency{Min: 10 * ms, Max: 50 * ms}, 10 * ms, 30 * ms, 49600 * time.Microsecond, 50 * ms},
		"lognormal": {Latency{P50: 40 * ms, P99: 400 * ms}, 1, 40 * ms, 400 * ms, 4 * time.Second},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(1, 1))
			drawn := make([]time.Duration, 20_000)
			for i := range drawn {
				drawn[i] = tt.latency.draw(random)
			}
			slices.Sort(drawn)
			require.GreaterOrEqual(t, drawn[0], tt.lowest)
			require.InEpsilon(t, 1+float64(tt.p50), 1+float64(drawn[len(drawn)/2]), 0.1)
			require.InEpsilon(t, 1+float64(tt.p99), 1+float64(drawn[len(drawn)*99/100]), 0.1)
			require.LessOrEqual(t, drawn[len(drawn)-1], tt.top)
		})
	}
}
