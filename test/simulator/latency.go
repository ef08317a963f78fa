package simulator

import (
	"math"
	"math/rand/v2"
	"time"
)

// z99 is the 99th percentile of the standard normal distribution.
const z99 = 2.3263478740408408

// draw returns how long the next request takes.
func (l Latency) draw(random *rand.Rand) time.Duration {
	switch {
	case l.P50 > 0:
		spread := math.Log(float64(l.P99)/float64(l.P50)) / z99
		drawn := float64(l.P50) * math.Exp(spread*random.NormFloat64())
		return time.Duration(min(drawn, 10*float64(l.P99)))
	case l.Max > 0:
		return l.Min + time.Duration(random.Int64N(int64(l.Max-l.Min)+1))
	default:
		return l.Fixed
	}
}
