package run

import (
	"fmt"
	"time"

	"metronome/internal/batch"
	"metronome/internal/entity"
	"metronome/internal/period"
)

// Version is the format version that every document of a run carries.
const Version = 1

// ID names a run: "2026-12-20261201T060000Z-1f3a" on one machine, the Workflow's name on Argo. Later runs of a period sort later.
type ID string

// NewID makes the id of a run on one machine; salt tells apart two runs of one second.
func NewID(p period.Period, now time.Time, salt uint16) ID {
	return ID(fmt.Sprintf("%s-%s-%04x", p, now.UTC().Format("20060102T150405Z"), salt))
}

// Selection narrows a run to some entities or pools; empty lists mean all.
type Selection struct {
	Entities []entity.ID `json:"entities,omitempty"`
	Pools    []string    `json:"pools,omitempty"`
}

// Request is request.json: what was asked for, and what grouping made of it.
type Request struct {
	Version   int           `json:"version"`
	Run       ID            `json:"run"`
	Period    period.Period `json:"period"`
	Selection Selection     `json:"selection"`
	Created   time.Time     `json:"created"`
	Total     int           `json:"total"`   // entities chosen, done ones included
	Skipped   int           `json:"skipped"` // entities done before this run began
	Pools     []Pool        `json:"pools"`
	FirstDue  string        `json:"firstDue,omitempty"` // the earliest due date of any chosen entity: 2027-01-04
	// FirstDueAt is when that day begins in its entity's zone. Requests that older programs wrote do not have it.
	FirstDueAt time.Time `json:"firstDueAt,omitzero"`
}

// DueAt returns the moment from which on the run is late; the zero time where nothing is due.
func (r Request) DueAt() time.Time {
	if at, err := time.Parse(time.DateOnly, r.FirstDue); err == nil && r.FirstDueAt.IsZero() {
		return at
	}
	return r.FirstDueAt
}

// Pool is one pool's part of a run.
type Pool struct {
	Name     string `json:"name"`
	Entities int    `json:"entities"` // to be worked on
	Skipped  int    `json:"skipped"`
	Batches  int    `json:"batches"`
	Requests int64  `json:"requests"` // expected
}

// Batch is batches/<pool>/<batch>.json: everything a worker needs to know that is not content or configuration.
type Batch struct {
	Version  int           `json:"version"`
	Run      ID            `json:"run"`
	Period   period.Period `json:"period"`
	Pool     string        `json:"pool"`
	ID       batch.ID      `json:"id"`
	Accounts []string      `json:"accounts"` // each once
	Requests int64         `json:"requests"` // expected, all members together
	Members  []Member      `json:"members"`  // in the order they are worked on
}

// Member is one entity of a batch.
type Member struct {
	entity.Entity
	Expected int64 `json:"expected"` // requests
}

// WorkerName names one attempt at a batch: unique, and the same whenever the same attempt is started again.
func WorkerName(id ID, pool string, batch batch.ID, attempt int) string {
	return fmt.Sprintf("%s-%s-%s-%d", id, pool, batch, attempt)
}
