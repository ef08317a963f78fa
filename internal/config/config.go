package config

import (
	"time"

	"metronome/internal/calendar"
	"metronome/internal/failure"
	"metronome/internal/ledger"
	"metronome/internal/provider/kind"
	"metronome/internal/tempo"
)

// Config is metronome.yaml.
type Config struct {
	Ledger    ledger.Location          // where the ledger is, absolute
	Rclone    string                   // path of the rclone configuration, resolved against the folder of metronome.yaml
	Pools     map[string]Pool          // by name
	Calendars map[string]calendar.Spec // by name; an entity may also name a country code
	Batch     Batch
	Beat      Beat
}

// Pool is one quota domain and what is known of its limits.
type Pool struct {
	Provider          kind.Name
	RemoteType        string  // rclone's type of all remotes of the pool; "": one by which the provider is reached
	RequestsPerSecond float64 // 0: no known ceiling, slow start finds it
	Burst             int     // requests that may come at once; 0: no bound known
	MaxWorkers        int
	Account           Limit  // each account's own limit; the zero Limit where it has none
	Budget            Budget // requests per day and month, both in UTC
	SerialWrites      bool   // one request at a time per account
}

// RemoteTypes returns the rclone types that the pool's remotes may have; none for the zero Pool.
func (p Pool) RemoteTypes() []string {
	if p.RemoteType != "" {
		return []string{p.RemoteType}
	}
	return kind.Of(p.Provider).Remotes
}

// Limit is the rate that one account bears. The zero value is no limit.
type Limit struct {
	RequestsPerSecond float64
	Burst             int
}

// IsZero reports whether there is no limit.
func (l Limit) IsZero() bool { return l.RequestsPerSecond == 0 }

// Budget is how many requests a pool may send in a UTC day and a UTC month; 0 is no bound.
type Budget struct {
	Day   int64
	Month int64
}

// Batch says how batches are packed.
type Batch struct {
	Target time.Duration // how long a batch should keep one worker busy
}

// Beat bounds the wait between two beats.
type Beat struct {
	Min time.Duration
	Max time.Duration
}

// Calendar returns the calendar that an entity names: one of the configuration's, or a country's. An unknown name is an error
// of class Config.
func (c Config) Calendar(name string) (*calendar.Calendar, error) {
	spec, own := c.Calendars[name]
	if !own {
		spec = calendar.Spec{Country: name}
	}
	if name == "" {
		return nil, failure.New(failure.Config, "calendar", name, "", "no calendar is named")
	}
	return calendar.New(spec)
}

// inFlight is how many requests one worker keeps under way at most: enough to fill a rate of 25 requests per second at a
// usual 0.3 s per request, few enough for every provider's limit on connections per client.
const inFlight = 8

// Limits returns a pool's limits for the tempo.
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
