package config

import "metronome/internal/tempo"

// inFlight is how many requests one worker keeps under way at most: enough to fill a rate of 25 requests per second at a
// usual 0.3 s per request, few enough for every provider's limit on connections per client.
const inFlight = 8

// Limits gives a pool's limits as the tempo wants them.
func (c Config) Limits(pool string) tempo.Limits {
	p := c.Pools[pool]
	limits := tempo.Limits{
		RequestsPerSecond: p.RequestsPerSecond, Burst: p.Burst, MaxWorkers: p.MaxWorkers,
		AccountPerSecond: p.Account.RequestsPerSecond, InFlight: inFlight,
		DayBudget: p.Budget.Day, MonthBudget: p.Budget.Month,
		MinBeat: c.Beat.Min, MaxBeat: c.Beat.Max,
	}
	if p.SerialWrites {
		limits.InFlight = 1
	}
	return limits
}
