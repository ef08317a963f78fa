package provider

import (
	"sync"
	"time"

	"metronome/internal/failure"
)

// Counts is what this process asked of the provider since Open. On HTTP backends one request is one HTTP request, those of
// signing in included; on SFTP and local file systems it is one file operation.
type Counts struct {
	Requests   int64
	Throttled  int64   // refused: too many requests
	Contention int64   // refused: somebody else was writing
	Overload   int64   // 5xx, time-outs, dropped connections
	Cap        int64   // refused: a day or month allowance is used up
	Other      int64   // refused for other reasons; names that were looked up and not there are not among them
	Seconds    float64 // sum of the times from sending a request to its answer; waiting for the limiter not included
}

// counter collects Counts.
type counter struct {
	mu sync.Mutex
	n  Counts
}

func (c *counter) sent() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n.Requests++
}

func (c *counter) answered(a *answer, took time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n.Seconds += took.Seconds()
	if !a.absent() {
		c.refused(a.class())
	}
}

// ran counts an operation of a backend without HTTP.
func (c *counter) ran(err error, took time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n.Seconds += took.Seconds()
	if err != nil && connectionLost(err) {
		c.refused(failure.Overload)
	}
}

func (c *counter) refused(class failure.Class) {
	switch class {
	case "":
	case failure.Throttled:
		c.n.Throttled++
	case failure.Contention:
		c.n.Contention++
	case failure.Overload:
		c.n.Overload++
	case failure.Cap:
		c.n.Cap++
	default:
		c.n.Other++
	}
}

func (c *counter) snapshot() Counts {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n
}
