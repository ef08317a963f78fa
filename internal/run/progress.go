package run

import (
	"time"

	"metronome/internal/batch"
	"metronome/internal/entity"
	"metronome/internal/failure"
	"metronome/internal/receipt"
	"metronome/internal/tempo"
)

// Counts are the answers that a worker got from the provider. Requests includes all others.
type Counts struct {
	Requests   int64   `json:"requests"`
	Throttled  int64   `json:"throttled"`
	Contention int64   `json:"contention"`
	Overload   int64   `json:"overload"`
	Cap        int64   `json:"cap"`
	Other      int64   `json:"other"`
	Seconds    float64 `json:"seconds"` // sum of the requests' latencies
}

// Plus adds two counts.
func (c Counts) Plus(other Counts) Counts {
	c.Requests += other.Requests
	c.Throttled += other.Throttled
	c.Contention += other.Contention
	c.Overload += other.Overload
	c.Cap += other.Cap
	c.Other += other.Other
	c.Seconds += other.Seconds
	return c
}

// Minus returns what came to c since an earlier state of the same counts.
func (c Counts) Minus(earlier Counts) Counts {
	c.Requests -= earlier.Requests
	c.Throttled -= earlier.Throttled
	c.Contention -= earlier.Contention
	c.Overload -= earlier.Overload
	c.Cap -= earlier.Cap
	c.Other -= earlier.Other
	c.Seconds -= earlier.Seconds
	return c
}

// Progress is progress/<pool>/<batch>.json. Only the batch's present worker rewrites it; a later attempt at the batch
// continues from what it says.
type Progress struct {
	Version     int              `json:"version"`
	Run         ID               `json:"run"`
	Pool        string           `json:"pool"`
	Batch       batch.ID         `json:"batch"`
	Worker      string           `json:"worker"` // the name of the worker's grant
	Holder      tempo.Holder     `json:"holder"`
	State       WorkerState      `json:"state"`
	Started     time.Time        `json:"started"`
	Updated     time.Time        `json:"updated"`
	Share       tempo.Share      `json:"share"`              // in use since the last entity began
	Counts      Counts           `json:"counts"`             // of all attempts at this batch
	NotBefore   time.Time        `json:"notBefore,omitzero"` // when what was handed back is worth trying again
	CapResetsAt time.Time        `json:"capUntil,omitzero"`  // when the allowance resets that the provider reported as used up
	Entities    []EntityProgress `json:"entities"`
}

// EntityProgress is one entity's part of a progress document.
type EntityProgress struct {
	ID        entity.ID     `json:"id"`
	State     EntityState   `json:"state"`
	Stage     receipt.Stage `json:"stage,omitempty"` // the stage it is in, or failed in
	HandBacks int           `json:"tries,omitempty"` // how often it was handed back for a later beat; other attempts are not counted
	Expected  int64         `json:"expected"`        // requests
	Requests  int64         `json:"requests"`        // sent so far
	Class     failure.Class `json:"class,omitempty"`
	Error     string        `json:"error,omitempty"`
	Hint      string        `json:"hint,omitempty"`
}

// Remaining sums the requests expected for the entities that are not finished.
func (p Progress) Remaining() int64 {
	var sum int64
	for _, e := range p.Entities {
		if !e.Finished() {
			sum += max(1, e.Expected-e.Requests)
		}
	}
	return sum
}

// Finished reports whether nothing more will be done for the entity in this run.
func (e EntityProgress) Finished() bool { return e.State == EntityDone || e.State == EntityFailed }

// Finished reports whether every entity of the batch is finished.
func (p Progress) Finished() bool {
	for _, e := range p.Entities {
		if !e.Finished() {
			return false
		}
	}
	return true
}
