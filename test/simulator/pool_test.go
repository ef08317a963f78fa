package simulator

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// fakeStorage takes GET for reads and everything else for uploads, and the first path segment for the account.
type fakeStorage struct{ http.HandlerFunc }

func (fakeStorage) class(r *http.Request) Class {
	if r.Method == http.MethodGet {
		return ClassRead
	}
	return ClassUpload
}
func (fakeStorage) accountPath(r *http.Request) string { return r.URL.Path }
func (fakeStorage) root() string                       { return "" }
func (fakeStorage) close() error                       { return nil }

// clock is a time that only moves when it is told to.
type clock struct{ time.Time }

func (c *clock) pass(d time.Duration) { c.Time = c.Add(d) }

func newTestPool(provider Provider, handler http.HandlerFunc) (*pool, *clock) {
	c := &clock{noon}
	p := newPool(provider.withDefaults(), 1)
	p.storage, p.now = fakeStorage{handler}, func() time.Time { return c.Time }
	p.sleep = func(context.Context, time.Duration) error { return nil }
	return p, c
}

func ok(http.ResponseWriter, *http.Request) {}

func send(p http.Handler, method, path string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader("body"))
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	return w
}

func statuses(p http.Handler, n int, method, path string) (seen []int) {
	for range n {
		seen = append(seen, send(p, method, path).Code)
	}
	return seen
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		answer     Answer
		cap        bool
		status     int
		retryAfter string
		code       string
		body       string
	}{
		"429":           {Answer429, false, 429, "10", "", "Too Many Requests"},
		"503":           {Answer503, false, 503, "10", "", "Service Unavailable"},
		"slowdown":      {AnswerSlowDown, false, 503, "", "", "<Code>SlowDown</Code>"},
		"egnyte":        {AnswerEgnyte, false, 403, "10", "ERR_403_DEVELOPER_OVER_QPS", "Over Qps"},
		"egnyte day":    {AnswerEgnyte, true, 403, "10", "ERR_403_DEVELOPER_OVER_RATE", "Over Rate"},
		"drive":         {AnswerDrive, false, 403, "", "", `"reason":"userRateLimitExceeded"`},
		"drive day":     {AnswerDrive, true, 403, "", "", `"reason":"dailyLimitExceeded"`},
		"onedrive":      {AnswerOneDrive, false, 429, "10", "", "activityLimitReached"},
		"box":           {AnswerBox, false, 429, "10", "", "rate_limit_exceeded"},
		"dropbox":       {AnswerDropbox, false, 429, "10", "", `".tag":"too_many_requests"`},
		"dropbox month": {AnswerDropbox, true, 403, "", "", "monthly limit"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, _ := newTestPool(Provider{Answer: tt.answer, Limits: []Limit{{RequestsPerSecond: 0.1, Burst: 1, Cap: tt.cap}}}, ok)
			require.Equal(t, http.StatusOK, send(p, "GET", "/acme").Code)
			refused := send(p, "GET", "/acme")
			require.Equal(t, tt.status, refused.Code)
			require.Equal(t, tt.retryAfter, refused.Header().Get("Retry-After"))
			require.Equal(t, tt.code, refused.Header().Get("X-Mashery-Error-Code"))
			require.Contains(t, refused.Body.String(), tt.body)
			outcome := map[bool]Outcome{false: Throttled, true: Capped}[tt.cap]
			require.Equal(t, map[Outcome]int{Served: 1, outcome: 1}, p.counts().Outcomes)
		})
	}
}

func TestContentionAnswers(t *testing.T) {
	t.Parallel()
	for answer, status := range map[Answer]int{
		Answer429: 423, Answer503: 423, AnswerSlowDown: 409, AnswerEgnyte: 409, AnswerBox: 409, AnswerDropbox: 429,
	} {
		t.Run(string(answer), func(t *testing.T) {
			t.Parallel()
			entered, finish := make(chan struct{}), make(chan struct{})
			p, _ := newTestPool(Provider{Answer: answer, Writers: Writers{Max: 1}}, func(_ http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/acme/first" {
					close(entered)
					<-finish
				}
			})
			first := make(chan int)
			go func() { first <- send(p, "PUT", "/acme/first").Code }()
			<-entered
			require.Equal(t, status, send(p, "PUT", "/acme/second").Code)
			require.Equal(t, http.StatusOK, send(p, "GET", "/acme/second").Code, "reading is no contention")
			require.Equal(t, http.StatusOK, send(p, "PUT", "/other/second").Code, "nor is another account")
			close(finish)
			require.Equal(t, http.StatusOK, <-first)
			require.Equal(t, http.StatusOK, send(p, "PUT", "/acme/second").Code)
			counts := p.counts()
			require.Equal(t, 1, counts.Outcomes[Contention])
			require.Equal(t, 2, counts.Accounts["acme"].MaxWriters)
			require.Equal(t, 1, counts.Accounts["other"].MaxWriters)
		})
	}
}

func TestAccountLimitsAreApart(t *testing.T) {
	t.Parallel()
	p, c := newTestPool(Provider{Limits: []Limit{
		{Scope: ScopeAccount, Counts: CountUploads, Allowance: 2, Per: time.Minute},
		{RequestsPerSecond: 1, Burst: 6},
	}}, ok)
	require.Equal(t, []int{200, 200, 429}, statuses(p, 3, "PUT", "/acme/a"))
	require.Equal(t, []int{200}, statuses(p, 1, "GET", "/acme/a"))
	require.Equal(t, []int{200, 200, 429}, statuses(p, 3, "PUT", "/zeta/a"))
	require.Equal(t, []int{200, 429}, statuses(p, 2, "GET", "/zeta/a"), "a refused request takes nothing from the pool")
	c.pass(time.Minute)
	require.Equal(t, []int{200, 200, 429}, statuses(p, 3, "PUT", "/acme/a"))

	limits := p.counts().Limits
	require.Equal(t, "account uploads: 2 requests per 1m0s", limits[0].Limit)
	require.Equal(t, LimitPeak{
		Limit: limits[0].Limit, Scope: ScopeAccount, Account: "acme", Allowed: 2, Peak: Peak{3, noon}, Exceeded: true,
	}, limits[0])
	require.Equal(t, "pool all: 1 requests/s + 6", limits[1].Limit)
	require.InDelta(t, 9, limits[1].Value, 0)
	require.Len(t, p.counts().Exceeded(), 2)
}

func TestRefusedRequestsCountWhereDeclared(t *testing.T) {
	t.Parallel()
	for counted, want := range map[bool][]int{false: {200}, true: {429}} {
		p, c := newTestPool(Provider{Limits: []Limit{{RequestsPerSecond: 1, Burst: 2, CountRefused: counted}}}, ok)
		require.Equal(t, []int{200, 200, 429, 429}, statuses(p, 4, "GET", "/acme"))
		c.pass(2 * time.Second)
		require.Equal(t, want, statuses(p, 1, "GET", "/acme"), "counted %v", counted)
	}
}

func TestResourceUnitsAndRateLimitHeaders(t *testing.T) {
	t.Parallel()
	p, c := newTestPool(Provider{
		Answer:  AnswerOneDrive,
		Weights: map[Class]float64{ClassRead: 1, ClassUpload: 2},
		Limits:  []Limit{{Measure: MeasureUnits, Allowance: 10, Per: time.Minute}},
	}, ok)
	require.Equal(t, []int{200, 200, 200}, statuses(p, 3, "PUT", "/acme"))
	require.Empty(t, send(p, "GET", "/acme").Header().Get("RateLimit-Limit"), "30 % are left")
	c.pass(15 * time.Second)
	header := send(p, "GET", "/acme").Header()
	require.Equal(t, "10", header.Get("RateLimit-Limit"))
	require.Equal(t, "2", header.Get("RateLimit-Remaining"))
	require.Equal(t, "45", header.Get("RateLimit-Reset"))
	require.Equal(t, []int{200, 429}, statuses(p, 2, "PUT", "/acme"))
}

func TestByteCap(t *testing.T) {
	t.Parallel()
	p, _ := newTestPool(Provider{Limits: []Limit{
		{Counts: CountUploads, Measure: MeasureBytes, Allowance: 10, Per: 24 * time.Hour, Align: AlignClock, Cap: true},
	}}, ok)
	require.Equal(t, []int{200, 200, 429}, statuses(p, 3, "PUT", "/acme")) // 4 bytes each
	require.Equal(t, "43200", send(p, "PUT", "/acme").Header().Get("Retry-After"))
}

func TestPeakIsOfAnySecond(t *testing.T) {
	t.Parallel()
	p, c := newTestPool(Provider{Limits: []Limit{{RequestsPerSecond: 3, Burst: 2}}}, ok)
	for range 3 {
		statuses(p, 1, "GET", "/acme")
		c.pass(300 * time.Millisecond)
	}
	c.pass(200 * time.Millisecond) // now 1.1 s after the first
	statuses(p, 2, "GET", "/acme")
	require.InDelta(t, 4, p.counts().Peak.Value, 0)
	require.Empty(t, p.counts().Exceeded())
	statuses(p, 2, "GET", "/acme")
	require.Equal(t, Peak{6, c.Time}, p.counts().Peak)
	require.Len(t, p.counts().Exceeded(), 1)
}

func TestInterleavedWritersAreSeen(t *testing.T) {
	t.Parallel()
	p, _ := newTestPool(Provider{}, ok)
	for _, client := range []string{"a", "a", "b", "b", "c"} {
		send(p, "PUT", "/acme/x", "User-Agent", client)
	}
	require.Zero(t, p.counts().Accounts["acme"].Interleaved, "one after another")
	send(p, "GET", "/acme/x", "User-Agent", "a")
	require.Zero(t, p.counts().Accounts["acme"].Interleaved, "reading is allowed")
	send(p, "PUT", "/acme/x", "User-Agent", "b")
	require.Equal(t, 1, p.counts().Accounts["acme"].Interleaved)
}

func TestResetStartsANewPeriod(t *testing.T) {
	t.Parallel()
	var p *pool
	var ended Counts
	p, _ = newTestPool(Provider{Limits: []Limit{{RequestsPerSecond: 0.1, Burst: 4}}}, func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/reset" {
			ended = p.reset()
		}
	})
	statuses(p, 2, "GET", "/acme")
	statuses(p, 1, "GET", "/reset")
	require.Equal(t, 1, ended.InFlight)
	require.Equal(t, 3, ended.Requests)
	counts := p.counts()
	require.Equal(t, 2, counts.Period)
	require.Zero(t, counts.Requests)
	require.Zero(t, counts.InFlight)
	require.Zero(t, counts.Peak.Value)
	require.Equal(t, []int{200, 429}, statuses(p, 2, "GET", "/acme"), "the limits know of no periods")
	require.InDelta(t, 2, p.counts().Limits[0].Value, 0)
}

func TestPathRules(t *testing.T) {
	t.Parallel()
	p, _ := newTestPool(Provider{Paths: []PathRule{
		{Pattern: `\.exe$`, Methods: []string{"PUT"}, Status: 403},
		{Pattern: `^/acme/full/`, Status: 507, Times: 2},
	}}, ok)
	require.Equal(t, []int{403, 403}, statuses(p, 2, "PUT", "/acme/a.exe"))
	require.Equal(t, []int{200}, statuses(p, 1, "GET", "/acme/a.exe"))
	require.Equal(t, []int{507, 507, 200}, statuses(p, 3, "PUT", "/acme/full/a"))
	require.Equal(t, map[Outcome]int{Served: 2, Forbidden: 4}, p.counts().Outcomes)
}

func TestWrongPasswordIsRefused(t *testing.T) {
	t.Parallel()
	p, _ := newTestPool(Provider{Accounts: Accounts{By: ByUser, Users: map[string]string{"acme": "right"}}}, ok)
	for password, status := range map[string]int{"right": 200, "wrong": 401} {
		r := httptest.NewRequest(http.MethodGet, "/any", nil)
		r.SetBasicAuth("acme", password)
		w := httptest.NewRecorder()
		p.ServeHTTP(w, r)
		require.Equal(t, status, w.Code)
	}
	require.Equal(t, 401, send(p, "GET", "/any").Code)
	require.Equal(t, 2, p.counts().Accounts["acme"].Requests)
	require.Equal(t, map[Outcome]int{Served: 1, Forbidden: 2}, p.counts().Outcomes)
}

func TestRandomErrorsFollowTheSeed(t *testing.T) {
	t.Parallel()
	run := func() []int {
		p, _ := newTestPool(Provider{Faults: Faults{Errors: 0.3, ErrorStatuses: []int{500, 503}}}, ok)
		return statuses(p, 1000, "PUT", "/acme")
	}
	first := run()
	require.Equal(t, first, run())
	seen := map[int]int{}
	for _, status := range first {
		seen[status]++
	}
	require.InDelta(t, 700, seen[200], 50)
	require.InDelta(t, 150, seen[500], 40)
	require.InDelta(t, 150, seen[503], 40)
}

func TestCountsSurviveAPanickingStorage(t *testing.T) {
	t.Parallel()
	p, _ := newTestPool(Provider{Writers: Writers{Max: 1}}, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	for range 2 {
		require.Panics(t, func() { send(p, "PUT", "/acme") })
	}
	require.Equal(t, map[Outcome]int{Aborted: 2}, p.counts().Outcomes)
	require.Equal(t, 1, p.counts().Accounts["acme"].MaxWriters)
}

func BenchmarkQuotaLayer(b *testing.B) {
	p, _ := newTestPool(Provider{Limits: []Limit{
		{RequestsPerSecond: 1e9, Burst: 1e9}, {Scope: ScopeAccount, Allowance: 1e12, Per: time.Hour},
	}}, ok)
	p.now = time.Now
	r, w := httptest.NewRequest(http.MethodGet, "/acme/file", nil), httptest.NewRecorder()
	b.ReportAllocs()
	for b.Loop() {
		p.ServeHTTP(w, r)
	}
}
