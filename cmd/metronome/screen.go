package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"

	"metronome/internal/local"
	"metronome/internal/run"
)

// screen shows a run's progress: a bar per pool on a terminal, a line per pool now and then elsewhere.
type screen interface {
	local.Watcher
	logs() io.Writer // where log lines go without breaking the bars
	close()
}

func (a *app) newScreen() screen {
	if file, ok := a.err.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		return newBars(file)
	}
	return &lines{out: a.err, pools: map[string]*poolView{}, due: map[string]time.Time{}}
}

// poolView is what is known of a pool's progress.
type poolView struct {
	total, done, failed int
	requests, throttled int64
	rate                float64 // requests per second over the last few seconds
	seen                []sample
	allowed             float64
	workers             int
	end                 time.Time
}

// sample is how many requests a pool had made at a beat.
type sample struct {
	at       time.Time
	requests int64
}

// rateSpan is what the shown rate is averaged over: workers report once a second, so that less would show their rhythm.
const rateSpan = 5 * time.Second

func (v *poolView) beat(b run.Beat) {
	v.requests, v.throttled = b.Total.Requests, b.Total.Throttled
	v.allowed, v.workers, v.end = b.Decision.Rate, len(b.Decision.Shares), b.Decision.ExpectedEnd
	v.seen = append(v.seen, sample{at: b.At, requests: b.Total.Requests})
	for len(v.seen) > 2 && b.At.Sub(v.seen[1].at) >= rateSpan {
		v.seen = v.seen[1:]
	}
	if span := b.At.Sub(v.seen[0].at); span > 0 {
		v.rate = float64(b.Total.Requests-v.seen[0].requests) / span.Seconds()
	}
}

func (v *poolView) entity(e run.EntityProgress) {
	switch e.State {
	case run.Done:
		v.done++
	case run.Failed:
		v.failed++
	}
}

func (v *poolView) String() string {
	text := fmt.Sprintf("%.1f of %.1f requests/s, %d workers", v.rate, v.allowed, v.workers)
	if v.throttled > 0 {
		text += fmt.Sprintf(", %d throttled", v.throttled)
	}
	if v.failed > 0 {
		text += fmt.Sprintf(", %d failed", v.failed)
	}
	if left := time.Until(v.end); left > 0 && v.done+v.failed < v.total {
		text += fmt.Sprintf(", about %s left", left.Round(time.Second))
	}
	return text
}

// lines prints a line per pool at most every few seconds.
type lines struct {
	mu    sync.Mutex
	out   io.Writer
	pools map[string]*poolView
	due   map[string]time.Time
}

// linePause is the shortest time between two lines about one pool.
const linePause = 5 * time.Second

func (l *lines) Grouped(request run.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range request.Pools {
		l.pools[p.Name] = &poolView{total: p.Entities}
		fmt.Fprintf(l.out, "%s: %d entities in %d batches, about %d requests; %d done before\n",
			p.Name, p.Entities, p.Batches, p.Requests, p.Skipped)
	}
}

func (l *lines) Beat(pool string, b run.Beat) {
	l.mu.Lock()
	defer l.mu.Unlock()
	view := l.pools[pool]
	view.beat(b)
	if !b.Decision.Done && time.Now().Before(l.due[pool]) {
		return
	}
	l.due[pool] = time.Now().Add(linePause)
	fmt.Fprintf(l.out, "%s: %d/%d entities, %s\n", pool, view.done, view.total, view)
}

func (l *lines) Entity(pool string, e run.EntityProgress) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pools[pool].entity(e)
}

func (l *lines) logs() io.Writer { return l.out }
func (l *lines) close()          {}

// bars draws a bar per pool.
type bars struct {
	mu       sync.Mutex
	progress *mpb.Progress
	pools    map[string]*poolView
	drawn    map[string]*mpb.Bar
}

func newBars(out io.Writer) *bars {
	return &bars{
		progress: mpb.New(mpb.WithOutput(out), mpb.WithWidth(40), mpb.WithRefreshRate(200*time.Millisecond)),
		pools:    map[string]*poolView{}, drawn: map[string]*mpb.Bar{},
	}
}

func (b *bars) Grouped(request run.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range request.Pools {
		view := &poolView{total: p.Entities}
		b.pools[p.Name] = view
		if p.Entities == 0 {
			continue
		}
		b.drawn[p.Name] = b.progress.AddBar(int64(p.Entities),
			mpb.PrependDecorators(decor.Name(p.Name, decor.WCSyncSpaceR), decor.CountersNoUnit("%d/%d", decor.WCSyncSpace)),
			mpb.AppendDecorators(decor.Any(func(decor.Statistics) string {
				b.mu.Lock()
				defer b.mu.Unlock()
				return " " + view.String()
			})),
		)
	}
}

func (b *bars) Beat(pool string, taken run.Beat) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pools[pool].beat(taken)
}

func (b *bars) Entity(pool string, e run.EntityProgress) {
	b.mu.Lock()
	view, bar := b.pools[pool], b.drawn[pool]
	view.entity(e)
	finished := int64(view.done + view.failed)
	b.mu.Unlock()
	bar.SetCurrent(finished)
}

func (b *bars) logs() io.Writer { return b.progress }

func (b *bars) close() {
	for _, bar := range b.drawn {
		bar.Abort(false)
	}
	b.progress.Wait()
}
