package tempo_test

import (
	"slices"
	"time"

	"metronome/internal/tempo"
)

// worker sends the requests of its batch, entity by entity.
type worker struct {
	world  *world
	run    *run
	name   string
	batch  *simulatedBatch
	live   bool
	share  tempo.Share // the one in use, and acknowledged
	bucket bucket

	unsent         int // requests of the present entity that are not sent
	entityRequests int // requests of the present entity
	inFlight       int
	paused         float64 // until when it backs off
	wakeScheduled  bool
}

// begin takes the first share with an empty bucket.
func (w *worker) begin() {
	w.bucket.at = w.world.now
	w.nextEntity()
}

// nextEntity takes over the newest share, and acknowledges it; or ends.
func (w *worker) nextEntity() {
	if !w.holdsGrant() {
		return
	}
	if len(w.batch.entities) == 0 {
		w.stop()
		return
	}
	share := w.world.grant(w.name).Share
	w.world.after(w.world.random.Float64()*w.world.conditions.betweenDelay, func() {
		if !w.live {
			return
		}
		w.world.checker.took(w, share, w.world.now)
		w.bucket.set(share, w.world.now)
		w.share = share
		w.entityRequests = w.batch.entities[0]
		w.unsent = w.entityRequests
		w.work()
	})
}

// stopMargin is how long before its grant expires a worker stops.
const stopMargin = 10 * time.Millisecond

// holdsGrant reports whether the worker may continue; it stops where it may not.
func (w *worker) holdsGrant() bool {
	if !w.live {
		return false
	}
	g := w.world.grant(w.name)
	if g == nil || w.world.clock().Sub(g.Renewed) >= w.world.limits.Expiry()-stopMargin {
		w.stop()
		return false
	}
	return true
}

// stop ends the worker; what it has not finished is handed back.
func (w *worker) stop() {
	if !w.live {
		return
	}
	w.live = false
	w.world.checker.ended(w, w.world.now)
	if len(w.batch.entities) > 0 && !w.run.vanished {
		w.run.waiting = append(w.run.waiting, w.batch)
	}
}

// work sends what may be sent now.
func (w *worker) work() {
	for w.unsent > 0 && w.inFlight < w.maxInFlight() && !w.wakeScheduled {
		if !w.holdsGrant() {
			return
		}
		wait := max(w.paused-w.world.now, 0)
		if wait == 0 {
			wait = w.bucket.take(w.world.now)
		}
		if wait > 0 {
			w.wakeScheduled = true
			w.world.after(wait, func() { w.wakeScheduled = false; w.work() })
			return
		}
		w.send()
	}
}

// maxInFlight is how many requests it may have in flight at this point of the entity.
func (w *worker) maxInFlight() int {
	if w.entityRequests-w.unsent < w.world.conditions.serialRequests {
		return 1
	}
	return max(1, w.world.limits.InFlight)
}

func (w *worker) send() {
	w.unsent--
	w.inFlight++
	w.world.checker.sent(w, w.world.now)
	if w.world.random.Float64() < w.world.conditions.death {
		w.stop()
		return
	}
	result, took := w.world.answer()
	w.world.after(took, func() { w.answered(result, took) })
}

// answered counts, backs off where refused, and continues.
func (w *worker) answered(result outcome, took float64) {
	if !w.live {
		return
	}
	w.inFlight--
	w.count(result, took)
	switch result {
	case ok:
	case capReached:
		w.stop()
		return
	default:
		w.unsent++
		w.paused = w.world.now + 1
	}
	if w.unsent == 0 && w.inFlight == 0 {
		w.batch.entities = slices.Delete(w.batch.entities, 0, 1)
		w.run.window.Finished++
		w.nextEntity()
		return
	}
	w.work()
}

func (w *worker) count(result outcome, took float64) {
	window := &w.run.window
	window.Requests++
	window.Seconds += took
	switch result {
	case throttled:
		window.Throttled++
		w.world.checker.throttled++
	case overload:
		window.Overload++
	case contention:
		window.Contention++
	case capReached:
		window.Cap++
	case ok:
	}
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
