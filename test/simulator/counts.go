package simulator

import (
	"slices"
	"strings"
	"time"
)

// Outcome is how a request ended.
type Outcome string

// The outcomes.
const (
	Served     Outcome = "served"     // the real server answered, whatever it said
	Throttled  Outcome = "throttled"  // a rate or a short window was exceeded
	Capped     Outcome = "cap"        // a day's or month's allowance was used up
	Contention Outcome = "contention" // too many writers on one account
	Overload   Outcome = "overload"   // a random 5xx
	Forbidden  Outcome = "refused"    // a path rule, or a wrong password
	Dropped    Outcome = "dropped"    // the simulator cut the connection
	Aborted    Outcome = "aborted"    // the client went away, or its body broke
)

// Counts is what one provider saw in a counting period.
type Counts struct {
	Provider string    `json:"provider"`
	Period   int       `json:"period"` // number of the counting period, from 1
	Since    time.Time `json:"since"`
	Until    time.Time `json:"until"`
	Totals
	InFlight   int                      `json:"inFlight"`   // arrived, not yet answered; contained in Requests only
	Peak       Peak                     `json:"peak"`       // most requests in any sliding second
	Limits     []LimitPeak              `json:"limits"`     // highest demand seen by each limit
	Accounts   map[string]AccountCounts `json:"accounts"`   // under "" what names no account
	Deletes    int                      `json:"deletes"`    // requests to delete, whatever they were answered
	Overwrites int                      `json:"overwrites"` // files that a request replaced
	Cells      []Cell                   `json:"cells,omitempty"`
}

// Totals sums up requests.
type Totals struct {
	Requests      int             `json:"requests"` // arrived, refused ones included
	Methods       map[string]int  `json:"methods"`
	Statuses      map[int]int     `json:"statuses"` // under 0 those without an answer
	Outcomes      map[Outcome]int `json:"outcomes"`
	BytesReceived int64           `json:"bytesReceived"` // of request bodies
	BytesSent     int64           `json:"bytesSent"`     // of response bodies
}

// AccountCounts is what one account's storage saw.
type AccountCounts struct {
	Totals
	MaxWriters  int `json:"maxWriters"`  // most writing requests at the same moment, refused ones included
	Interleaved int `json:"interleaved"` // how often a client wrote again after another one had written: two workers at once
}

// Cell counts equal requests that arrived in the same second.
type Cell struct {
	Second   int64   `json:"second"` // Unix time
	Account  string  `json:"account"`
	Method   string  `json:"method"`
	Status   int     `json:"status"`
	Outcome  Outcome `json:"outcome"`
	Requests int     `json:"requests"`
}

// Peak is a highest value and when it was reached.
type Peak struct {
	Value float64   `json:"value"`
	At    time.Time `json:"at,omitzero"`
}

// LimitPeak is the highest demand that a limit saw: in any sliding second for a token bucket, in one window otherwise.
type LimitPeak struct {
	Limit   string  `json:"limit"`
	Scope   Scope   `json:"scope"`
	Account string  `json:"account,omitempty"` // the busiest
	Allowed float64 `json:"allowed"`           // rate + burst, or the window's allowance
	Peak
	Exceeded bool `json:"exceeded"` // more was asked for than is allowed
}

// Exceeded returns the limits that were asked for more than they allow.
func (c Counts) Exceeded() []LimitPeak {
	return slices.DeleteFunc(slices.Clone(c.Limits), func(l LimitPeak) bool { return !l.Exceeded })
}

// PerSecond returns the number of requests by the Unix second that they arrived in. It needs the cells.
func (c Counts) PerSecond() map[int64]int {
	seconds := map[int64]int{}
	for _, cell := range c.Cells {
		seconds[cell.Second] += cell.Requests
	}
	return seconds
}

// counter counts one counting period. The pool's lock protects it.
type counter struct {
	number     int
	since      time.Time
	inFlight   int
	cells      map[cellKey]int
	bytes      map[string]traffic // by account
	peak       Peak
	arrivals   slide
	maxWriting map[string]int // most at once, by account
	writersOf  map[string]*writers
	overwrites int
	deletes    int
}

type cellKey struct {
	second  int64
	account string
	method  string
	status  int
	outcome Outcome
}

type traffic struct{ received, sent int64 }

// writers is who wrote to an account, to see whether two do in turns.
type writers struct {
	last        string
	known       map[string]bool
	interleaved int
}

func newCounter(number int, since time.Time) *counter {
	return &counter{
		number: number, since: since, cells: map[cellKey]int{}, bytes: map[string]traffic{},
		maxWriting: map[string]int{}, writersOf: map[string]*writers{},
	}
}

// arrive counts a request that came in, with the number of writers that its account has now.
func (c *counter) arrive(now time.Time, r request, writing int) {
	c.inFlight++
	if r.deletes {
		c.deletes++
	}
	if sum := c.arrivals.add(now, 1); sum > c.peak.Value {
		c.peak = Peak{Value: sum, At: now}
	}
	if r.class.writes() {
		c.maxWriting[r.account] = max(c.maxWriting[r.account], writing)
		c.wrote(r.account, r.client)
	}
}

func (c *counter) wrote(account, client string) {
	w := c.writersOf[account]
	if w == nil {
		w = &writers{last: client, known: map[string]bool{}}
		c.writersOf[account] = w
	}
	if w.last != client && w.known[client] {
		w.interleaved++
	}
	w.last, w.known[client] = client, true
}

// leave counts a request that was answered.
func (c *counter) leave(v *visit) {
	c.inFlight--
	c.cells[cellKey{v.arrived.Unix(), v.account, v.method, v.status, v.outcome}]++
	c.overwrites += v.overwrites
	sum := c.bytes[v.account]
	sum.received += v.received.Load()
	sum.sent += v.sent
	c.bytes[v.account] = sum
}

// counts sums up.
func (c *counter) counts(provider string, until time.Time, limits []LimitPeak) Counts {
	counts := Counts{
		Provider: provider, Period: c.number, Since: c.since, Until: until, Totals: newTotals(), InFlight: c.inFlight,
		Peak: c.peak, Limits: limits, Accounts: map[string]AccountCounts{}, Deletes: c.deletes, Overwrites: c.overwrites,
	}
	for key, requests := range c.cells {
		counts.add(key, requests)
		account := counts.account(key.account)
		account.add(key, requests)
		counts.Accounts[key.account] = account
		counts.Cells = append(counts.Cells,
			Cell{key.second, key.account, key.method, key.status, key.outcome, requests})
	}
	counts.Requests += c.inFlight
	c.describeAccounts(&counts)
	slices.SortFunc(counts.Cells, compareCells)
	return counts
}

func (c *counter) describeAccounts(counts *Counts) {
	for name, most := range c.maxWriting {
		account := counts.account(name)
		account.MaxWriters, account.Interleaved = most, c.writersOf[name].interleaved
		counts.Accounts[name] = account
	}
	for name, sum := range c.bytes {
		account := counts.account(name)
		account.BytesReceived, account.BytesSent = sum.received, sum.sent
		counts.Accounts[name] = account
		counts.BytesReceived += sum.received
		counts.BytesSent += sum.sent
	}
}

func (c *Counts) account(name string) AccountCounts {
	if account, ok := c.Accounts[name]; ok {
		return account
	}
	return AccountCounts{Totals: newTotals()}
}

func newTotals() Totals {
	return Totals{Methods: map[string]int{}, Statuses: map[int]int{}, Outcomes: map[Outcome]int{}}
}

func (t *Totals) add(key cellKey, requests int) {
	t.Requests += requests
	t.Methods[key.method] += requests
	t.Statuses[key.status] += requests
	t.Outcomes[key.outcome] += requests
}

func compareCells(a, b Cell) int {
	if a.Second != b.Second {
		return int(a.Second - b.Second)
	}
	order := strings.Compare(a.Account+"\x00"+a.Method, b.Account+"\x00"+b.Method)
	if order != 0 {
		return order
	}
	if a.Status != b.Status {
		return a.Status - b.Status
	}
	return strings.Compare(string(a.Outcome), string(b.Outcome))
}
