package worker

import (
	"errors"
	"time"

	"metronome/internal/failure"
	"metronome/internal/run"
)

// patience is how often an entity is handed back before it fails. Throttling and contention pass by themselves; an overload
// that outlasts five beats is an outage that a person must see.
var patience = map[failure.Class]int{
	failure.Throttled:  50,
	failure.Contention: 20,
	failure.Overload:   5,
}

// judge sets an entity's state by what its stage returned.
func judge(e *run.EntityProgress, err error) {
	if err == nil {
		e.State, e.Class, e.Error, e.Hint = run.Done, "", "", ""
		return
	}
	e.Class, e.Error, e.Hint = failure.ClassOf(err), err.Error(), failure.HintOf(err)
	switch {
	case e.Class == failure.Cap:
		e.State = run.Parked
	case e.Class.Retryable() && e.Tries+1 < patience[e.Class]:
		e.State = run.Back
		e.Tries++
	default:
		e.State = run.Failed
		if e.Class == "" {
			e.Class = failure.Permanent
		}
	}
}

// untilOf is the moment that the provider named, or the next midnight UTC, when day allowances begin anew.
func untilOf(err error) time.Time {
	var classified *failure.Error
	if errors.As(err, &classified) && !classified.Until.IsZero() {
		return classified.Until
	}
	return time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 1)
}

// verdict decides from the entities' outcomes whether going on with the batch makes sense.
type verdict struct{ backs int }

// tooManyBacks is how many entities in a row may be handed back before the provider counts as down for this batch.
const tooManyBacks = 3

func (v *verdict) goOn(concluded run.EntityProgress) bool {
	switch concluded.State {
	case run.Parked:
		return false
	case run.Back:
		v.backs++
	default:
		v.backs = 0
	}
	return v.backs < tooManyBacks
}

// notBefore is when the entities that were handed back are worth trying again: the more often, the later, up to a minute.
func notBefore(p run.Progress, now time.Time) time.Time {
	var wait time.Duration
	for _, e := range p.Entities {
		if e.State == run.Back {
			wait = max(wait, min(time.Minute, time.Second<<min(e.Tries, 6)))
		}
	}
	if wait == 0 {
		return time.Time{}
	}
	return now.Add(wait)
}
