package tempo

import (
	"maps"
	"slices"
	"time"

	"metronome/internal/batch"
)

// Version is the format version of a stored State.
const Version = 1

// State is what is known of a pool, kept between beats, shared between runs, and kept for next month. The zero State is
// that of a pool that nobody has worked on. Change it by compare-and-swap only.
type State struct {
	Version           int               `json:"version"`
	Rate              float64           `json:"rate"`                 // requests per second of all workers together
	Ceiling           float64           `json:"ceiling"`              // what the rate may grow to: configured, or found; 0: not found yet
	SlowStart         bool              `json:"slowStart"`            // the rate doubles until the first throttled window
	Changed           time.Time         `json:"changed,omitzero"`     // when the rate last changed
	Lowered           time.Time         `json:"lowered,omitzero"`     // when the rate was last lowered
	Settled           time.Time         `json:"settled,omitzero"`     // when all workers had acknowledged that; zero: not yet
	CleanBeats        int               `json:"cleanBeats,omitempty"` // clean and well used windows in a row at a found ceiling
	Workers           int               `json:"workers"`              // that the rate needs, all runs together
	WorkerFactor      float64           `json:"spread,omitempty"`     // from 1: more workers, with smaller shares, than latency alone asks for
	SecondsPerRequest float64           `json:"secondsPerRequest"`    // moving average; 0: not measured
	Usage             Usage             `json:"usage"`                // what was used of the budgets
	ParkedUntil       time.Time         `json:"parkedUntil,omitzero"` // the provider reported that an allowance is used up
	Grants            []Grant           `json:"grants,omitempty"`     // of all runs, in the order in which they were given
	Demands           map[string]Demand `json:"demands,omitempty"`    // by run
}

// Usage counts requests against the budgets.
type Usage struct {
	Day           string `json:"day"` // 2026-12-01, UTC
	DayRequests   int64  `json:"dayRequests"`
	Month         string `json:"month"` // 2026-12, UTC
	MonthRequests int64  `json:"monthRequests"`
}

// at returns the usage at a time: a new day and a new month begin at zero.
func (u Usage) at(now time.Time) Usage {
	now = now.UTC()
	if day := now.Format(time.DateOnly); u.Day != day {
		u.Day, u.DayRequests = day, 0
	}
	if month := now.Format("2006-01"); u.Month != month {
		u.Month, u.MonthRequests = month, 0
	}
	return u
}

func (u Usage) plus(requests int64) Usage {
	u.DayRequests += requests
	u.MonthRequests += requests
	return u
}

// nextDay is when day budgets reset.
func nextDay(now time.Time) time.Time {
	year, month, day := now.UTC().Date()
	return time.Date(year, month, day+1, 0, 0, 0, 0, time.UTC)
}

// nextMonth is when month budgets reset.
func nextMonth(now time.Time) time.Time {
	year, month, _ := now.UTC().Date()
	return time.Date(year, month+1, 1, 0, 0, 0, 0, time.UTC)
}

// Share is what one worker may send. The zero Share is no share.
type Share struct {
	RequestsPerSecond float64 `json:"requestsPerSecond"`
	Burst             int     `json:"burst"`
	Serial            int64   `json:"serial"` // counts the shares of one worker; a worker acknowledges a share by it
}

// Grant returns a worker its share of the pool. While it lives, no other worker gets one of its accounts.
type Grant struct {
	Worker   string    `json:"worker"` // unique: one attempt at one batch of one run
	Run      string    `json:"run"`
	Batch    batch.ID  `json:"batch"`
	Accounts []string  `json:"accounts"`
	Share    Share     `json:"share"`    // what the worker shall take over
	Reserved Share     `json:"reserved"` // the most that it may be using until it has
	Requests int64     `json:"requests"` // expected to come; they count against the budgets
	Holder   Holder    `json:"holder,omitzero"`
	Issued   time.Time `json:"issued"` // when the share last changed
	Started  time.Time `json:"started"`
	Ends     time.Time `json:"ends"` // expected
	Renewed  time.Time `json:"renewed"`
}

// acknowledged reports whether the worker has taken over its share.
func (g *Grant) acknowledged() bool { return g.Reserved.Serial == g.Share.Serial }

// Holder says which process stands behind a grant, so that another run on the same host can see whether it still lives.
// Tempo only carries it.
type Holder struct {
	Host    string `json:"host,omitempty"`
	PID     int    `json:"pid,omitempty"`
	Started string `json:"started,omitempty"` // tells two processes of one id apart
}

// Demand says what a run asks of the pool.
type Demand struct {
	Workers    int       `json:"workers"`         // that the run could use, those that it has included
	MinWorkers float64   `json:"lasting"`         // to divide the rate among, so that its batches do not end too soon
	Used       float64   `json:"used"`            // requests per second in its last window
	Usual      float64   `json:"usual"`           // moving average of Used while it had workers
	Served     time.Time `json:"served,omitzero"` // when it last started a worker
	Seen       time.Time `json:"seen"`            // its last beat
	Holder     Holder    `json:"holder,omitzero"` // the process that took it
}

// clone copies whatever a decision changes.
func (s State) clone() State {
	s.Grants = slices.Clone(s.Grants)
	s.Demands = maps.Clone(s.Demands)
	if s.Demands == nil {
		s.Demands = map[string]Demand{}
	}
	return s
}
