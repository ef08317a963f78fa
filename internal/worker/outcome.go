package worker

import (
	"errors"
	"time"

	"metronome/internal/escape"
	"metronome/internal/failure"
	"metronome/internal/run"
)

// maxHandBacks is how often an entity is handed back before it fails. Throttling and contention are transient; an overload that
// outlasts five beats is an outage that a person must see.
var maxHandBacks = map[failure.Class]int{
	failure.Throttled:  50,
	failure.Contention: 20,
	failure.Overload:   5,
}

// setOutcome sets an entity's state by what its stage returned.
func setOutcome(e *run.EntityProgress, err error) {
	if err == nil {
		e.State, e.Class, e.Error, e.Hint = run.EntityDone, "", "", ""
		return
	}
	e.Class, e.Error, e.Hint = failure.ClassOf(err), escape.Text(err.Error()), escape.Text(failure.HintOf(err))
	switch {
	case e.Class == failure.Cap:
		e.State = run.EntityParked
	case e.Class.Retryable() && e.HandBacks+1 < maxHandBacks[e.Class]:
		e.State = run.EntityHandedBack
		e.HandBacks++
	default:
		e.State = run.EntityFailed
		if e.Class == "" {
			e.Class = failure.Permanent
		}
	}
}

// capEnd is the moment that the provider named, or the next midnight UTC, when day allowances begin anew.
func capEnd(err error) time.Time {
	var classified *failure.Error
	if errors.As(err, &classified) && !classified.Until.IsZero() {
		return classified.Until
	}
	return time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 1)
}

// maxConsecutiveHandBacks is how many entities in a row may be handed back before the provider counts as down for this batch.
const maxConsecutiveHandBacks = 3

// shouldContinue reports from an entity's outcome whether the worker should continue with the batch, and counts the entities
// handed back in a row.
func shouldContinue(outcome run.EntityState, handedBack int) (bool, int) {
	switch outcome {
	case run.EntityParked:
		return false, handedBack
	case run.EntityHandedBack:
		handedBack++
	default:
		handedBack = 0
	}
	return handedBack < maxConsecutiveHandBacks, handedBack
}

// notBefore is when the entities that were handed back are worth trying again: the more often, the later, up to a minute.
func notBefore(p run.Progress, now time.Time) time.Time {
	var wait time.Duration
	for _, e := range p.Entities {
		if e.State == run.EntityHandedBack {
			wait = max(wait, min(time.Minute, time.Second<<min(e.HandBacks, 6)))
		}
	}
	if wait == 0 {
		return time.Time{}
	}
	return now.Add(wait)
}
