package simulator

import (
	"context"
	"errors"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// pool is one provider at work: the quota layer in front of a real server.
type pool struct {
	provider Provider
	storage  storage
	now      func() time.Time
	sleep    func(context.Context, time.Duration) error

	mu      sync.Mutex // protects everything below; arrivals are ordered by it
	random  *rand.Rand
	quota   *quota
	counter *counter
	faults  Faults
	paths   []*pathRule
	writing map[string]int // writing requests that have not left, by account
	holding map[string]int // those of them that were granted
}

// visit is one request from its arrival to its answer.
type visit struct {
	request
	verdict  verdict
	arrived  time.Time
	counter  *counter
	latency  time.Duration
	fault    fault
	failWith int // status by a path rule or a random error, 0 for none
	slowly   int // bytes per second of a slow body

	outcome    Outcome
	status     int
	received   atomic.Int64
	sent       int64
	broken     atomic.Bool // the body ended with an error
	overwrites int         // files replaced; set by the storage
	createOnly bool        // the upload must not replace a file; set by the storage
	lostRace   bool        // ... but there was one in the end; set by the storage
	holds      bool        // counted among the writers that the account's namespace serialises
	left       bool
}

type pathRule struct {
	PathRule
	pattern *regexp.Regexp
	matched int
}

func newPool(provider Provider, seed uint64) *pool {
	p := &pool{
		provider: provider, now: time.Now, sleep: sleep,
		random:  rand.New(rand.NewPCG(seed, nameSeed(provider.Name))),
		quota:   newQuota(provider.Limits, provider.Weights),
		faults:  provider.Faults,
		writing: map[string]int{}, holding: map[string]int{},
	}
	p.counter = newCounter(1, p.now())
	p.setPaths(provider.Paths)
	return p
}

func nameSeed(name string) uint64 {
	h := fnv.New64a()
	_, _ = io.WriteString(h, name)
	return h.Sum64()
}

// sleep waits, or until the context ends.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// ServeHTTP counts a request, decides about it, and has it applied where it was granted.
func (p *pool) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v := p.arrive(r)
	defer p.leave(v) // also when the storage panics
	answer := newReply(w)
	p.answer(answer, r, v)
	v.status, v.sent = answer.status, answer.sent
	p.leave(v)
	if answer.withhold {
		panic(http.ErrAbortHandler) // closes the connection
	}
	answer.send()
}

// arrive counts the request and decides about it.
func (p *pool) arrive(r *http.Request) *visit {
	v := &visit{request: p.read(r)}
	p.mu.Lock()
	defer p.mu.Unlock()
	v.arrived, v.counter = p.now(), p.counter
	if v.class.writes() {
		p.writing[v.account]++
	}
	v.counter.arrive(v.arrived, v.request, p.writing[v.account])
	v.verdict = p.quota.decide(v.arrived, v.request)
	v.latency = p.provider.Latency.draw(p.random)
	v.fault = p.faults.draw(p.random, v.request)
	if v.verdict.outcome == Served {
		p.admit(v)
	}
	v.outcome = v.verdict.outcome
	return v
}

// admit decides what happens to a request that the limits granted.
func (p *pool) admit(v *visit) {
	if p.serialise(v) {
		return
	}
	v.slowly = p.faults.BytesPerSecond
	if status := p.pathStatus(v.request); status != 0 {
		v.failWith, v.verdict.outcome = status, Forbidden
	} else if v.fault == errorStatus {
		v.failWith = p.faults.ErrorStatuses[p.random.IntN(len(p.faults.ErrorStatuses))]
		v.verdict.outcome = Overload
	}
}

// serialise counts a granted writer in, or refuses one too many.
func (p *pool) serialise(v *visit) (refused bool) {
	most := p.provider.Writers.Max
	if most == 0 || !v.class.writes() {
		return false
	}
	if p.holding[v.account] >= most {
		v.verdict.outcome, v.verdict.wait = Contention, time.Second
		v.verdict.limit = Limit{Answer: p.provider.Writers.Answer}
		return true
	}
	p.holding[v.account]++
	v.holds = true
	return false
}

func (p *pool) read(r *http.Request) request {
	return request{
		method: r.Method, path: r.URL.Path, class: p.storage.class(r),
		account: p.provider.Accounts.account(r, p.storage.accountPath(r)),
		client:  r.Header.Get(p.provider.Client), length: r.ContentLength, deletes: deletes(r),
	}
}

func (p *pool) pathStatus(r request) int {
	for _, rule := range p.paths {
		if rule.applies(r) {
			rule.matched++
			return rule.Status
		}
	}
	return 0
}

func (r *pathRule) applies(to request) bool {
	if r.Times > 0 && r.matched >= r.Times || len(r.Methods) > 0 && !slices.Contains(r.Methods, to.method) {
		return false
	}
	return r.pattern.MatchString(to.path)
}

// answer has the request applied, or refuses it, or lets it fail.
func (p *pool) answer(w *reply, r *http.Request, v *visit) {
	v.verdict.nearly.announce(w.Header())
	switch {
	case v.verdict.limit.Answer != "":
		v.verdict.limit.Answer.refuse(w, v.outcome, v.verdict.wait)
	case !p.provider.Accounts.allows(r):
		v.outcome = Forbidden
		w.Header().Set("WWW-Authenticate", `Basic realm="simulator"`)
		fail(w, http.StatusUnauthorized)
	case v.failWith != 0:
		fail(w, v.failWith)
	default:
		p.apply(w, r, v)
	}
}

func fail(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", plain)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, strconv.Itoa(status)+" "+http.StatusText(status))
}

// apply lets the real server handle the request, with the latency and the faults that were drawn.
func (p *pool) apply(w *reply, r *http.Request, v *visit) {
	if err := p.sleep(r.Context(), v.latency); err != nil {
		v.outcome = Aborted
		return
	}
	w.withhold = v.fault == dropBefore || v.fault == dropDuring || v.fault == dropAfter
	v.outcome = Aborted // what it is if the storage panics
	if v.fault != dropBefore {
		p.storage.ServeHTTP(w, p.prepare(w, r, v))
	}
	v.outcome = Served
	switch {
	case w.withhold:
		v.outcome, w.status = Dropped, 0
	case r.Context().Err() != nil || v.broken.Load():
		v.outcome = Aborted
	}
}

// prepare returns the storage a request that carries its visit and whose body is counted, cut or slowed.
func (p *pool) prepare(w *reply, r *http.Request, v *visit) *http.Request {
	r = r.WithContext(context.WithValue(r.Context(), visitKey{}, v))
	var body io.Reader = r.Body
	switch v.fault {
	case dropDuring:
		body = &cutReader{Reader: body, left: r.ContentLength / 2}
	case slowBody:
		body = p.crawl(r.Context(), body, v)
		w.crawl(r.Context(), p, v.slowly)
	default: // a fault that leaves the bodies alone
	}
	if r.ContentLength != 0 {
		r.Body = &countedBody{Reader: body, Closer: r.Body, visit: v}
	}
	return r
}

func (p *pool) crawl(ctx context.Context, body io.Reader, v *visit) io.Reader {
	return &crawlReader{Reader: body, bytesPerSecond: v.slowly, sleep: func(d time.Duration) error {
		return p.sleep(ctx, d)
	}}
}

type visitKey struct{}

// visitOf returns the visit that a storage server works for.
func visitOf(ctx context.Context) *visit {
	v, _ := ctx.Value(visitKey{}).(*visit)
	return v
}

// countedBody counts an uploaded body and remembers whether it broke.
type countedBody struct {
	io.Reader
	io.Closer
	visit *visit
}

func (c *countedBody) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.visit.received.Add(int64(n))
	if err != nil && !errors.Is(err, io.EOF) {
		c.visit.broken.Store(true)
	}
	return n, err
}

// leave counts the answered request, once.
func (p *pool) leave(v *visit) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if v.left {
		return
	}
	v.left = true
	if v.class.writes() {
		release(p.writing, v.account)
	}
	if v.holds {
		release(p.holding, v.account)
	}
	v.counter.leave(v)
}

func release(held map[string]int, account string) {
	held[account]--
	if held[account] <= 0 {
		delete(held, account)
	}
}

// counts returns what was counted in this period.
func (p *pool) counts() Counts {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.counter.counts(p.provider.Name, p.now(), p.quota.peaks())
}

// reset starts a new counting period and gives the counts of the ended one. Requests under way belong to the ended one.
func (p *pool) reset() Counts {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	ended := p.counter.counts(p.provider.Name, now, p.quota.peaks())
	p.counter = newCounter(p.counter.number+1, now)
	p.quota.forget()
	return ended
}

// setLimits replaces the limits; all meters start anew.
func (p *pool) setLimits(limits []Limit) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.quota = newQuota(limitsWithDefaults(limits, p.provider.Answer), p.provider.Weights)
}

// setFaults replaces what goes wrong at random.
func (p *pool) setFaults(faults Faults) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = faults.withDefaults()
}

// setPaths replaces the path rules, whose patterns were checked with the profile.
func (p *pool) setPaths(rules []PathRule) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.paths = nil
	for _, rule := range rules {
		p.paths = append(p.paths, &pathRule{PathRule: rule, pattern: regexp.MustCompile(rule.Pattern)})
	}
}
