package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

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

// introduce says what is to be done in a pool.
func introduce(p run.Pool) string {
	if p.Entities == 0 {
		return fmt.Sprintf("%s: nothing to do, %s done before", p.Name, count(p.Skipped, "entity"))
	}
	text := fmt.Sprintf("%s: %s in %s, about %s", p.Name,
		count(p.Entities, "entity"), count(p.Batches, "batch"), count(int(p.Requests), "request"))
	if p.Skipped > 0 {
		text += fmt.Sprintf("; %d done before", p.Skipped)
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
		l.pools[p.Name] = newPoolView(p.Entities)
		fmt.Fprintln(l.out, introduce(p))
	}
}

func (l *lines) Beat(pool string, b run.Beat) {
	l.mu.Lock()
	defer l.mu.Unlock()
	view := l.pools[pool]
	view.beat(b)
	if !b.Decision.Done && b.At.Before(l.due[pool]) {
		return
	}
	l.due[pool] = b.At.Add(linePause)
	fmt.Fprintln(l.out, line(pool, view))
}

// line puts a pool's progress into words.
func line(pool string, v *poolView) string {
	parts := []string{fmt.Sprintf("%s: %d/%d", pool, v.finished(), v.total)}
	for _, part := range []string{v.rate(), v.crew(), v.time(), strings.TrimSpace(v.trouble())} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

func (l *lines) Entity(pool string, e run.EntityProgress) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pools[pool].entity(e)
}

func (l *lines) logs() io.Writer { return l.out }
func (l *lines) close()          {}
