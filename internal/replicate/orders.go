package replicate

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"metronome/internal/run"
	"metronome/internal/tempo"
)

// orders are what people asked for, as a beat finds it.
type orders struct {
	control run.Control
	set     run.PoolLimits
	limits  tempo.Limits // with what was set
}

// readOrders reads them anew on every beat, so that they work on a live run.
func (p *Pulse) readOrders(ctx context.Context) (orders, error) {
	asked, err := run.ReadControl(ctx, p.Ledger, p.Run)
	if err != nil {
		return orders{}, err
	}
	if p.closing {
		asked.Order = run.Cancel
	}
	asked.By = cmp.Or(asked.By, "the operator")
	set, err := run.ReadPoolLimits(ctx, p.Ledger, p.Pool)
	return orders{control: asked, set: set, limits: set.Over(p.Limits)}, err
}

// starting reports whether workers may be started.
func (o orders) starting() bool { return o.control.Order != run.Pause && o.control.Order != run.Cancel }

// holdOn keeps the loop going while something waits that the tempo does not see: batches of a paused run, and batches that
// were handed back and wait for their time.
func (o orders) holdOn(beat *run.Beat, unstarted int) {
	decision := &beat.Decision
	if !decision.Done {
		return
	}
	switch {
	case o.control.Order == run.Cancel:
	case o.control.Order == run.Pause && (unstarted > 0 || !beat.NextRetryAt.IsZero()):
		decision.Done, decision.Wait = false, max(time.Second, o.limits.MaxBeat)
	case !beat.NextRetryAt.IsZero():
		decision.Done, decision.Wait = false, max(time.Second, beat.NextRetryAt.Sub(beat.At))
	}
}

// explain puts people's orders before the decision's own reason.
func (o orders) explain(decision *tempo.Decision) {
	if o.set.RequestsPerSecond > 0 {
		decision.Reason = fmt.Sprintf("%g requests/s set by %s; %s", o.set.RequestsPerSecond, o.set.By, decision.Reason)
	}
	switch o.control.Order {
	case run.Pause:
		decision.Reason = fmt.Sprintf("paused by %s: nothing new starts; %s", o.control.By, decision.Reason)
	case run.Cancel:
		decision.Reason = fmt.Sprintf("cancelled by %s: nothing new starts; %s", o.control.By, decision.Reason)
	default: // nobody asked for anything
	}
}
