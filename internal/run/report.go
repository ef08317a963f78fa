package run

import (
	"metronome/internal/entity"
	"metronome/internal/failure"
	"metronome/internal/period"
	"metronome/internal/receipt"
)

// Report is report.json, and what `--output json` prints.
type Report struct {
	Run      ID                    `json:"run"`
	Period   period.Period         `json:"period"`
	State    State                 `json:"state"` // done, failed, parked or interrupted
	Entities Tally                 `json:"entities"`
	Pools    map[string]PoolReport `json:"pools"`
	Failures []Failure             `json:"failures"`
	Parking  []Parking             `json:"parking,omitempty"`
	Stale    []StaleEntity         `json:"stale,omitempty"` // by id
}

// Tally counts entities by outcome; Total is the sum of the others and of those left over by an interruption.
type Tally struct {
	Total   int `json:"total"`
	Done    int `json:"done"`
	Failed  int `json:"failed"`
	Skipped int `json:"skipped"` // done before this run began
	Parked  int `json:"parked"`
}

// PoolReport says what a pool's provider was asked in a run.
type PoolReport struct {
	Entities     int     `json:"entities"` // chosen, skipped ones included
	Requests     int64   `json:"requests"`
	Throttled    int64   `json:"throttled"`
	Seconds      float64 `json:"seconds"`      // from the first beat to the last
	LimitSeconds float64 `json:"limitSeconds"` // what the pool's quota alone would need for those requests; 0 without a quota
	Utilization  float64 `json:"utilization"`  // limitSeconds / seconds
	WorkersPeak  int     `json:"workersPeak"`
}

// Failure is one entity that failed.
type Failure struct {
	Entity entity.ID     `json:"entity"`
	Stage  receipt.Stage `json:"stage"`
	Class  failure.Class `json:"class"`
	Error  string        `json:"error"`
	Hint   string        `json:"hint"`
}

// StaleEntity is an entity that was done before the run began, and whose opening balances have changed since.
type StaleEntity struct {
	Entity entity.ID `json:"entity"`
	Items  []string  `json:"items,omitempty"` // the reconciliations whose delivered workbooks show another opening balance
	Error  string    `json:"error,omitempty"` // why its opening balances could not be compared
}

// Stale is stale.json. A run that found no such entity has none.
type Stale struct {
	Version  int           `json:"version"`
	Run      ID            `json:"run"`
	Entities []StaleEntity `json:"entities"` // by id
}

// Parking says until when and why a pool's entities wait.
type Parking struct {
	Pool     string `json:"pool"`
	Entities int    `json:"entities"`
	Until    string `json:"until,omitempty"` // RFC 3339; "" where no reset will help: the batch is larger than the budget
	Reason   string `json:"reason"`
}
