package provider

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// notSentError is why the interceptor did not send a request. It comes back wrapped in rclone's errors.
type notSentError string

func (e notSentError) Error() string { return string(e) }

// NonRetriable tells Azure's library not to try again (azcore, errorinfo.NonRetriable).
func (notSentError) NonRetriable() {}

// Why the interceptor does not send a request.
const (
	errAnswered       notSentError = "not asked: the answer is known"                   // the write was granted, rclone only looks again
	errAlreadyRefused notSentError = "not sent: an earlier request was refused"         // rclone wants to retry or to clean up
	errNotAllowed     notSentError = "not sent: this request is not on the safe list"   // rclone wants something that nobody asked for
	errNoOperation    notSentError = "not sent: a writing request without an operation" // the backend lost the context
)

// interceptor sees every HTTP request of rclone and every answer. Requests come through the fault injector, which may answer
// in the server's place; answers come through the header dump, since the injector does not see them. The dump is logged
// under one lock, each response as a record naming the request's address followed by a record of the response.
type interceptor struct {
	pool atomic.Pointer[Pool] // of requests that belong to no operation

	mu      sync.Mutex
	sent    map[string]*exchange // requests without an answer yet, by address
	current *exchange            // whose response is the next record
}

// exchange is one request on its way.
type exchange struct {
	pool      *Pool
	operation *operation
	guard     *guard // that let it out; nil without an operation
	method    string
	start     time.Time
}

// inspect is rclone's fault injector: 0 and nil send the request.
func (i *interceptor) inspect(req *http.Request) (int, error) {
	op := operationOf(req.Context())
	e := &exchange{pool: i.pool.Load(), method: req.Method}
	account := ""
	if op != nil {
		e.pool, account = op.pool, op.account
	}
	if op == nil || op.ended.Load() {
		if err := allowWithoutOperation(req); err != nil {
			return 0, err
		}
	} else {
		d := op.backend.inspect(op, req)
		if d.status != 0 || d.err != nil {
			return d.status, d.err
		}
		e.operation, e.guard = op, d.guard
	}
	if e.pool == nil {
		return 0, errNoOperation
	}
	if err := e.pool.limiter.admit(req.Context(), account); err != nil {
		return 0, err
	}
	e.start = time.Now()
	i.sending(req, e)
	return 0, nil
}

// sending counts a request that goes out now, and keeps it until its answer comes.
func (i *interceptor) sending(req *http.Request, e *exchange) {
	e.pool.counts.sent()
	i.mu.Lock()
	defer i.mu.Unlock()
	i.sent[fmt.Sprintf("%p", req)] = e
}

// The texts that rclone's dump consists of (fs/fshttp/http.go, RoundTrip).
const (
	dumpResponse  = "HTTP RESPONSE (req "
	dumpSeparator = "<<<<<<<<"
)

// Enabled, Handle, WithAttrs and WithGroup make the interceptor rclone's log handler. The records hold credentials and
// customers' names: none is ever passed on.
func (i *interceptor) Enabled(context.Context, slog.Level) bool { return true }

// Handle takes a record of rclone's log.
func (i *interceptor) Handle(_ context.Context, record slog.Record) error {
	text := record.Message
	if address, ok := strings.CutPrefix(text, dumpResponse); ok {
		i.expect(strings.TrimSuffix(address, ")"))
		return nil
	}
	if text == "" || strings.HasPrefix(text, "HTTP/") || strings.HasPrefix(text, "Error: ") ||
		strings.HasPrefix(text, dumpSeparator) {
		i.receive(text)
	}
	return nil
}

// WithAttrs returns the interceptor itself.
func (i *interceptor) WithAttrs([]slog.Attr) slog.Handler { return i }

// WithGroup returns the interceptor itself.
func (i *interceptor) WithGroup(string) slog.Handler { return i }

// expect makes the request of an address the one whose response comes next.
func (i *interceptor) expect(address string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.current = i.sent[address]
	delete(i.sent, address)
}

func (i *interceptor) receive(dump string) {
	i.mu.Lock()
	e := i.current
	i.current = nil
	i.mu.Unlock()
	if e != nil {
		e.finish(dump)
	}
}

// finish counts and classifies the answer, holds the pool back where the server asked for it, and records it with the operation.
func (e *exchange) finish(dump string) {
	a := readAnswer(dump, e.method, e.pool.words)
	a.guard = e.guard
	if a.refused() {
		a.meaning = classify(a, e.pool.words)
	}
	e.pool.counts.answered(a, time.Since(e.start))
	if a.class() != "" && a.meaning.pause {
		e.pool.limiter.pause(a.meaning.until)
	}
	if e.operation != nil {
		e.operation.record(a)
	}
}

// allowWithoutOperation decides on a request that belongs to no operation: reading is harmless, and refreshing a token is a
// POST.
func allowWithoutOperation(req *http.Request) error {
	switch req.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return nil
	case http.MethodPost:
		if isSignIn(req) {
			return nil
		}
	}
	return fmt.Errorf("%s %s: %w", req.Method, req.URL.EscapedPath(), errNoOperation)
}

// isSignIn reports whether the request asks for a token, or where tokens are to be had.
func isSignIn(req *http.Request) bool {
	path := strings.TrimSuffix(req.URL.Path, "/")
	switch req.Method {
	case http.MethodPost:
		form := strings.HasPrefix(req.Header.Get("Content-Type"), "application/x-www-form-urlencoded")
		return form && strings.HasSuffix(path, "token")
	case http.MethodGet:
		return strings.Contains(path, "/.well-known/") || strings.Contains(path, "/discovery/instance") ||
			strings.HasPrefix(path, "/metadata/identity/")
	}
	return false
}
