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

// notSentError is why the wire did not send a request. It comes back wrapped in rclone's errors.
type notSentError string

func (e notSentError) Error() string { return string(e) }

// NonRetriable tells Azure's library not to try again (azcore, errorinfo.NonRetriable).
func (notSentError) NonRetriable() {}

// Why the wire does not send a request.
const (
	errKnown     notSentError = "not asked: the answer is known"                   // the write was granted, rclone only looks again
	errSettled   notSentError = "not sent: an earlier request was refused"         // rclone wants to retry or to clean up
	errForbidden notSentError = "not sent: this request is not on the safe list"   // rclone wants something that nobody asked for
	errStray     notSentError = "not sent: a writing request without an operation" // the backend lost the context
)

// wire sees every HTTP request of rclone and every answer. Requests come through the fault injector, which may answer in
// the server's place; answers come through the header dump, since the injector does not see them. The dump is logged
// under one lock, each response as a record naming the request's address followed by a record of the response.
type wire struct {
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
func (w *wire) inspect(req *http.Request) (int, error) {
	op := operationOf(req.Context())
	pool, account, e := w.pool.Load(), "", &exchange{operation: op}
	switch {
	case op == nil || op.ended.Load():
		if err := allowStray(req); err != nil {
			return 0, err
		}
		if op != nil {
			pool, account, e.operation = op.pool, op.account, nil
		}
	default:
		r := op.dialect.inspect(op, req)
		if r.status != 0 || r.err != nil {
			return r.status, r.err
		}
		pool, account, e.guard = op.pool, op.account, r.guard
	}
	if pool == nil {
		return 0, errStray
	}
	if err := pool.limiter.admit(req.Context(), account); err != nil {
		return 0, err
	}
	e.pool, e.method, e.start = pool, req.Method, time.Now()
	w.note(req, e)
	return 0, nil
}

func (w *wire) note(req *http.Request, e *exchange) {
	e.pool.counts.sent()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent[fmt.Sprintf("%p", req)] = e
}

// The texts that rclone's dump consists of (fs/fshttp/http.go, RoundTrip).
const (
	dumpResponse  = "HTTP RESPONSE (req "
	dumpSeparator = "<<<<<<<<"
)

// Enabled, Handle, WithAttrs and WithGroup make the wire rclone's log handler. The records hold credentials and
// customers' names: none is ever passed on.
func (w *wire) Enabled(context.Context, slog.Level) bool { return true }

// Handle takes a record of rclone's log.
func (w *wire) Handle(_ context.Context, record slog.Record) error {
	text := record.Message
	if address, ok := strings.CutPrefix(text, dumpResponse); ok {
		w.expect(strings.TrimSuffix(address, ")"))
		return nil
	}
	if text == "" || strings.HasPrefix(text, "HTTP/") || strings.HasPrefix(text, "Error: ") ||
		strings.HasPrefix(text, dumpSeparator) {
		w.receive(text)
	}
	return nil
}

// WithAttrs gives the wire itself.
func (w *wire) WithAttrs([]slog.Attr) slog.Handler { return w }

// WithGroup gives the wire itself.
func (w *wire) WithGroup(string) slog.Handler { return w }

func (w *wire) expect(address string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.current = w.sent[address]
	delete(w.sent, address)
}

func (w *wire) receive(dump string) {
	w.mu.Lock()
	e := w.current
	w.current = nil
	w.mu.Unlock()
	if e != nil {
		e.finish(dump)
	}
}

// finish counts and classifies the answer, holds the pool back where the server asked for it, and tells the operation.
func (e *exchange) finish(dump string) {
	a := readAnswer(dump, e.method)
	a.guard = e.guard
	if a.refused() {
		a.verdict = classify(a)
	}
	e.pool.counts.answered(a, time.Since(e.start))
	if a.class() != "" && a.verdict.pause {
		e.pool.limiter.pause(a.verdict.until)
	}
	if e.operation != nil {
		e.operation.settle(a)
	}
}

// allowStray decides on a request that belongs to no operation: reading is harmless, and refreshing a token is a POST.
func allowStray(req *http.Request) error {
	switch req.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return nil
	case http.MethodPost:
		if isSignIn(req) {
			return nil
		}
	}
	return fmt.Errorf("%s %s: %w", req.Method, req.URL.EscapedPath(), errStray)
}

// isSignIn tells whether the request asks for a token, or where tokens are to be had.
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
