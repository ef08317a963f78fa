package ui

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"metronome/internal/run"
)

// bars draws a bar per pool, in aligned columns: name, entities, bar, rate, workers, time, problems.
type bars struct {
	mu       sync.Mutex
	progress *mpb.Progress
	pools    map[string]*poolProgress
	bars     map[string]*mpb.Bar
}

// barWidth leaves room for the columns on a terminal of 80.
const barWidth = 24

func newBars(out io.Writer) *bars {
	return &bars{
		progress: mpb.New(mpb.WithOutput(out), mpb.WithWidth(barWidth), mpb.WithRefreshRate(200*time.Millisecond)),
		pools:    map[string]*poolProgress{}, bars: map[string]*mpb.Bar{},
	}
}

// Grouped adds a bar for each pool that has something to do.
func (b *bars) Begin(request run.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range request.Pools {
		b.pools[p.Name] = newPoolProgress(p.Entities)
		if p.Entities == 0 {
			fmt.Fprintln(b.progress, workload(p))
			continue
		}
		b.bars[p.Name] = b.newBar(p.Name, b.pools[p.Name])
	}
}

// newBar adds a bar that ends with the pool's last beat, not with its last entity: only then all numbers are known.
func (b *bars) newBar(name string, p *poolProgress) *mpb.Bar {
	column := func(text func() string, width decor.WC) decor.Decorator {
		return decor.Any(func(decor.Statistics) string {
			b.mu.Lock()
			defer b.mu.Unlock()
			return text()
		}, width)
	}
	bar := b.progress.New(0, mpb.BarStyle().Lbound("").Rbound("").Filler("━").Tip("╸").Padding("─"),
		mpb.PrependDecorators(
			decor.Name(name, decor.WCSyncWidthR),
			column(func() string { return fmt.Sprintf("%d/%d", p.finished(), p.total) }, decor.WCSyncSpace),
		),
		mpb.AppendDecorators(
			column(p.rateText, decor.WCSyncWidth), column(p.workersText, decor.WCSyncSpace),
			column(func() string { return p.timeText(time.Now()) }, decor.WCSyncSpace), column(p.problemsText, decor.WC{}),
		),
	)
	bar.SetTotal(int64(p.total), false)
	return bar
}

// Beat updates a pool's numbers, and ends its bar with the last beat.
func (b *bars) Beat(pool string, taken run.Beat) {
	b.mu.Lock()
	p, bar := b.pools[pool], b.bars[pool]
	p.beat(taken)
	over, complete := p.over, p.complete()
	b.mu.Unlock()
	switch {
	case over && complete:
		bar.SetTotal(int64(p.total), true)
	case over:
		bar.Abort(false)
	}
}

// Entity moves a pool's bar on.
func (b *bars) Entity(pool string, e run.EntityProgress) {
	b.mu.Lock()
	p, bar := b.pools[pool], b.bars[pool]
	p.entity(e)
	finished := int64(p.finished())
	b.mu.Unlock()
	bar.SetCurrent(finished)
}

// Logs returns a writer whose lines appear above the bars.
func (b *bars) Logs() io.Writer { return b.progress }

// Close leaves the bars as they are.
func (b *bars) Close() {
	b.mu.Lock()
	for _, p := range b.pools {
		p.over = true
	}
	b.mu.Unlock()
	for _, bar := range b.bars {
		bar.Abort(false)
	}
	b.progress.Wait()
}
