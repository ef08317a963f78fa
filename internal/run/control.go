package run

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"metronome/internal/failure"
	"metronome/internal/ledger"
)

// Order is what a person ordered a live run to do. The last order counts.
type Order string

// The orders. A cancelled run stays cancelled.
const (
	Resume Order = "resume" // also what counts while nobody ordered anything
	Pause  Order = "pause"  // beats continue, no worker starts; those at work finish their batches
	Cancel Order = "cancel" // no worker starts; those at work stop after the entity in hand
)

// Control is control.json, changed by swap. Pulses read it on every beat, workers between entities.
type Control struct {
	Version int       `json:"version"`
	Order   Order     `json:"order"`
	At      time.Time `json:"at"`
	By      string    `json:"by,omitempty"` // who ordered it: "anna@laptop", "the report step"
}

// UnmarshalJSON reads a control document, also one of metronome 0.1, which called the order "wish" and resuming "go on".
func (c *Control) UnmarshalJSON(data []byte) error {
	type plain Control
	read := struct {
		*plain
		OldName string `json:"wish"`
	}{plain: (*plain)(c)}
	if err := json.Unmarshal(data, &read); err != nil {
		return err
	}
	if c.Order == "" {
		c.Order = Order(read.OldName)
	}
	if c.Order == "go on" || c.Order == "" {
		c.Order = Resume
	}
	return nil
}

// ReadControl returns the last order to a run; Resume where nothing was ordered.
func ReadControl(ctx context.Context, l ledger.Ledger, id ID) (Control, error) {
	control, _, err := ledger.ReadJSON[Control](ctx, l, ControlKey(id))
	if errors.Is(err, ledger.ErrNotFound) {
		return Control{Version: Version, Order: Resume}, nil
	}
	return control, err
}

// SendOrder leaves an order for a run. The same order again changes nothing. A run that was cancelled cannot be resumed or
// paused, and one that the ledger does not know takes no orders: both are Config errors.
func SendOrder(ctx context.Context, l ledger.Ledger, id ID, order Order, by string) (Control, error) {
	if _, err := ReadRequest(ctx, l, id); errors.Is(err, ledger.ErrNotFound) {
		return Control{}, failure.New(failure.Config, "run", string(id), "`metronome status` lists the runs",
			"no such run in the ledger")
	} else if err != nil {
		return Control{}, err
	}
	return ledger.Update(ctx, l, ControlKey(id), func(current Control, _ bool) (Control, error) {
		return nextControl(current, id, order, by)
	})
}

func nextControl(current Control, id ID, order Order, by string) (Control, error) {
	if current.Order == order {
		return current, nil
	}
	if current.Order == Cancel {
		return current, failure.New(failure.Config, "run", string(id),
			fmt.Sprintf("`metronome retry %s` starts a new run that does what is left", id), "the run was cancelled")
	}
	return Control{Version: Version, Order: order, At: time.Now().UTC(), By: by}, nil
}
