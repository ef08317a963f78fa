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
	task   *task
	live   bool
	share  tempo.Share // the one in use, and acknowledged
	bucket bucket

	todo     int // requests of the present entity that are not sent
	whole    int // requests of the present entity
	inFlight int
	paused   float64 // until when it backs off
	waking   bool
}

// begin takes the first share with an empty bucket.
func (o *worker) begin() {
	o.bucket.at = o.world.now
	o.nextEntity()
}

// nextEntity takes over the newest share, and acknowledges it; or ends.
func (o *worker) nextEntity() {
	if !o.holdsGrant() {
		return
	}
	if len(o.task.entities) == 0 {
		o.stop()
		return
	}
	share := o.world.grant(o.name).Share
	o.world.after(o.world.random.Float64()*o.world.nature.betweenDelay, func() {
		if !o.live {
			return
		}
		o.world.judge.took(o, share, o.world.now)
		o.bucket.set(share, o.world.now)
		o.share = share
		o.whole = o.task.entities[0]
		o.todo = o.whole
		o.work()
	})
}

// inTime is how long before its grant expires a worker stops.
const inTime = 10 * time.Millisecond

// holdsGrant tells whether the worker may go on; it stops where it may not.
func (o *worker) holdsGrant() bool {
	if !o.live {
		return false
	}
	g := o.world.grant(o.name)
	if g == nil || o.world.clock().Sub(g.Renewed) >= o.world.limits.Expiry()-inTime {
		o.stop()
		return false
	}
	return true
}

// stop ends the worker; what it has not finished is handed back.
func (o *worker) stop() {
	if !o.live {
		return
	}
	o.live = false
	o.world.judge.ended(o, o.world.now)
	if len(o.task.entities) > 0 && !o.run.vanished {
		o.run.waiting = append(o.run.waiting, o.task)
	}
}

// work sends what may be sent now.
func (o *worker) work() {
	for o.todo > 0 && o.inFlight < o.side() && !o.waking {
		if !o.holdsGrant() {
			return
		}
		wait := max(o.paused-o.world.now, 0)
		if wait == 0 {
			wait = o.bucket.take(o.world.now)
		}
		if wait > 0 {
			o.waking = true
			o.world.after(wait, func() { o.waking = false; o.work() })
			return
		}
		o.send()
	}
}

// side is how many requests it may have in flight at this point of the entity.
func (o *worker) side() int {
	if o.whole-o.todo < o.world.nature.alone {
		return 1
	}
	return max(1, o.world.limits.InFlight)
}

func (o *worker) send() {
	o.todo--
	o.inFlight++
	o.world.judge.sent(o, o.world.now)
	if o.world.random.Float64() < o.world.nature.death {
		o.stop()
		return
	}
	result, took := o.world.answer()
	o.world.after(took, func() { o.answered(result, took) })
}

// answered counts, backs off where refused, and goes on.
func (o *worker) answered(result outcome, took float64) {
	if !o.live {
		return
	}
	o.inFlight--
	o.count(result, took)
	switch result {
	case ok:
	case capReached:
		o.stop()
		return
	default:
		o.todo++
		o.paused = o.world.now + 1
	}
	if o.todo == 0 && o.inFlight == 0 {
		o.task.entities = slices.Delete(o.task.entities, 0, 1)
		o.run.counts.Finished++
		o.nextEntity()
		return
	}
	o.work()
}

func (o *worker) count(result outcome, took float64) {
	counts := &o.run.counts
	counts.Requests++
	counts.Seconds += took
	switch result {
	case throttled:
		counts.Throttled++
		o.world.judge.throttled++
	case overload:
		counts.Overload++
	case contention:
		counts.Contention++
	case capReached:
		counts.Cap++
	case ok:
	}
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
