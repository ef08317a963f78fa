package provider

import (
	"context"
	"sync"
	"sync/atomic"
)

// action is what an operation does; it decides which requests the interceptor lets out.
type action uint

const (
	opening    action = 1 << iota // set up a remote
	listing                       // read names
	reading                       // read a file
	making                        // make a folder
	creating                      // create a file
	copying                       // create a file from another at the provider
	completing                    // finish an interrupted file of our own
	cleaning                      // remove a temporary file of our own (file systems only)
)

// operation is one call of a storage's method, carried in the context of the requests that rclone sends for it.
type operation struct {
	pool    *Pool
	backend *backend
	account string
	remote  string
	action  action
	shallow bool // a listing of one folder only
	parents bool // folders above may be made, too, so that a refusal is not the end

	ended  atomic.Bool        // the operation returned; what still carries its context is rclone's own business
	cancel context.CancelFunc // ends rclone's and the libraries' waiting and retrying

	mu      sync.Mutex
	failed  *answer // the first answer that refused a request: nothing is sent after it
	last    *answer // the last answer of all
	written *answer // the answer that granted the request that the operation is about
}

type operationKey struct{}

func (o *operation) context(ctx context.Context) context.Context {
	ctx, o.cancel = context.WithCancel(ctx)
	return context.WithValue(ctx, operationKey{}, o)
}

// operationOf returns the operation that a request belongs to, nil where the backend lost the context or works on its own
// behalf (refreshing a token).
func operationOf(ctx context.Context) *operation {
	o, _ := ctx.Value(operationKey{}).(*operation)
	return o
}

// record notes the answer to one of the operation's requests. A refusal cancels the operation: its body has been read by
// then, so nothing is lost.
func (o *operation) record(a *answer) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.last = a
	switch {
	case a.refused() && !o.expected(a):
		if o.failed == nil {
			o.failed = a
			o.cancel()
		}
	case a.guard != nil && a.guard.writes && a.granted() && o.written == nil && !o.parents:
		o.written = a
	}
}

// expected reports whether a refusing answer is part of how the backend works: the first half of a handshake, a name that
// is looked up and not there, a folder whose parent must be made first.
func (o *operation) expected(a *answer) bool {
	return a.handshake() || a.absent() || o.parents && (a.status == 404 || a.status == 405 || a.status == 409)
}

// done reports whether the operation got its answer, so that nothing more may be sent.
func (o *operation) done() (failed, written bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.failed != nil, o.written != nil
}

// outcome returns the answer that decided the operation: the refusal, else the last answer of all where that refused.
func (o *operation) outcome() (refusal, written *answer) {
	o.mu.Lock()
	defer o.mu.Unlock()
	refusal = o.failed
	if refusal == nil && o.last != nil && o.last.refused() {
		refusal = o.last
	}
	return refusal, o.written
}
