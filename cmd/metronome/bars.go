package main

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"metronome/internal/run"
)

// bars draws a bar per pool, in aligned columns: name, entities, bar, rate, workers, time, trouble.
type bars struct {
	mu       sync.Mutex
	progress *mpb.Progress
	pools    map[string]*poolView
	drawn    map[string]*mpb.Bar
}

// barWidth leaves room for the columns on a terminal of 80.
const barWidth = 24

func newBars(out io.Writer) *bars {
	return &bars{
		progress: mpb.New(mpb.WithOutput(out), mpb.WithWidth(barWidth), mpb.WithRefreshRate(200*time.Millisecond)),
		pools:    map[string]*poolView{}, drawn: map[string]*mpb.Bar{},
	}
}

func (b *bars) Grouped(request run.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range request.Pools {
		view := newPoolView(p.Entities)
		b.pools[p.Name] = view
		if p.Entities == 0 {
			fmt.Fprintln(b.progress, introduce(p))
			continue
		}
		b.drawn[p.Name] = b.draw(p.Name, view)
	}
}

// draw adds a bar that ends with the pool's last beat, not with its last entity: only then all numbers are known.
func (b *bars) draw(name string, v *poolView) *mpb.Bar {
	column := func(text func() string, place decor.WC) decor.Decorator {
		return decor.Any(func(decor.Statistics) string {
			b.mu.Lock()
			defer b.mu.Unlock()
			return text()
		}, place)
	}
	bar := b.progress.New(0, mpb.BarStyle().Lbound("").Rbound("").Filler("━").Tip("╸").Padding("─"),
		mpb.PrependDecorators(
			decor.Name(name, decor.WCSyncWidthR),
			column(func() string { return fmt.Sprintf("%d/%d", v.finished(), v.total) }, decor.WCSyncSpace),
		),
		mpb.AppendDecorators(
			column(v.rate, decor.WCSyncWidth), column(v.crew, decor.WCSyncSpace), column(v.time, decor.WCSyncSpace),
			column(v.trouble, decor.WC{}),
		),
	)
	bar.SetTotal(int64(v.total), false)
	return bar
}

func (b *bars) Beat(pool string, taken run.Beat) {
	b.mu.Lock()
	view, bar := b.pools[pool], b.drawn[pool]
	view.beat(taken)
	over, complete := view.over, view.finished() == view.total
	b.mu.Unlock()
	switch {
	case over && complete:
		bar.SetTotal(int64(view.total), true)
	case over:
		bar.Abort(false)
	}
}

func (b *bars) Entity(pool string, e run.EntityProgress) {
	b.mu.Lock()
	view, bar := b.pools[pool], b.drawn[pool]
	view.entity(e)
	finished := int64(view.finished())
	b.mu.Unlock()
	bar.SetCurrent(finished)
}

func (b *bars) logs() io.Writer { return b.progress }

// close leaves the bars as they stand.
func (b *bars) close() {
	b.mu.Lock()
	for _, view := range b.pools {
		view.over = true
	}
	b.mu.Unlock()
	for _, bar := range b.drawn {
		bar.Abort(false)
	}
	b.progress.Wait()
}
