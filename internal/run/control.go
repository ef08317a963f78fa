package run

import "time"

// Wish is what a person wants of a live run.
type Wish string

// The wishes. A cancelled run stays cancelled.
const (
	GoOn   Wish = "go on"
	Pause  Wish = "pause"  // beats go on, no worker starts; those at work finish their batches
	Cancel Wish = "cancel" // no worker starts; those at work stop after the entity in hand
)

// Control is control.json, changed by swap. Pulses read it on every beat, workers between entities; where there is none, the
// run goes on.
type Control struct {
	Version int       `json:"version"`
	Wish    Wish      `json:"wish"`
	At      time.Time `json:"at"`
	By      string    `json:"by,omitempty"` // who asked: "anna@laptop", "the report step"
}
