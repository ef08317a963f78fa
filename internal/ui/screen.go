package ui

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"metronome/internal/run"
)

// Screen shows a run's progress: a bar per pool on a terminal, a line per pool every few seconds elsewhere. Its methods may
// be called concurrently; Grouped is called first, Close last.
type Screen interface {
	Begin(request run.Request)
	Beat(pool string, b run.Beat)
	Entity(pool string, e run.EntityProgress)
	Logs() io.Writer // where log lines go without breaking the bars
	Close()
}

// NewScreen returns the screen that fits a writer.
func NewScreen(out io.Writer) Screen {
	if file, ok := out.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		return newBars(file)
	}
	return newLines(out)
}

// lines prints a line per pool at most every few seconds.
type lines struct {
	mu    sync.Mutex
	out   io.Writer
	pools map[string]*poolProgress
	next  map[string]time.Time // when the next line about a pool may be printed
}

// linePause is the shortest time between two lines about one pool.
const linePause = 5 * time.Second

func newLines(out io.Writer) *lines {
	return &lines{out: out, pools: map[string]*poolProgress{}, next: map[string]time.Time{}}
}

// Grouped prints what is to be done in each pool.
func (l *lines) Begin(request run.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range request.Pools {
		l.pools[p.Name] = newPoolProgress(p.Entities)
		fmt.Fprintln(l.out, workload(p))
	}
}

// Beat prints a pool's progress, if the last line is old enough or the pool is done.
func (l *lines) Beat(pool string, b run.Beat) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.pools[pool]
	p.beat(b)
	if !b.Decision.Done && b.At.Before(l.next[pool]) {
		return
	}
	l.next[pool] = b.At.Add(linePause)
	fmt.Fprintln(l.out, progressLine(pool, p, b.At))
}

// Entity counts an entity that has come to an end.
func (l *lines) Entity(pool string, e run.EntityProgress) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pools[pool].entity(e)
}

// Logs returns the writer of the lines.
func (l *lines) Logs() io.Writer { return l.out }

// Close does nothing: every line is complete.
func (l *lines) Close() {}

// workload says what is to be done in a pool.
func workload(p run.Pool) string {
	if p.Entities == 0 {
		return fmt.Sprintf("%s: nothing to do, %s done before", p.Name, Count(p.Skipped, "entity"))
	}
	text := fmt.Sprintf("%s: %s in %s, about %s", p.Name,
		Count(p.Entities, "entity"), Count(p.Batches, "batch"), Count(int(p.Requests), "request"))
	if p.Skipped > 0 {
		text += fmt.Sprintf("; %d done before", p.Skipped)
	}
	return text
}

// progressLine is a pool's progress in one line.
func progressLine(pool string, p *poolProgress, now time.Time) string {
	parts := []string{fmt.Sprintf("%s: %d/%d", pool, p.finished(), p.total)}
	for _, part := range []string{p.rateText(), p.workersText(), p.timeText(now), strings.TrimSpace(p.problemsText())} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}
