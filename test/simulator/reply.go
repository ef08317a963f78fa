package simulator

import (
	"bytes"
	"context"
	"net/http"
	"time"
)

// held is how many bytes of an answer are held back until the request is counted; longer ones are streamed.
const held = 1 << 20

// reply collects a storage server's answer, so that a request is counted before its client sees the answer, and so
// that an answer can be withheld.
type reply struct {
	w         http.ResponseWriter
	header    http.Header
	status    int
	body      bytes.Buffer
	sent      int64
	withhold  bool
	streaming bool
	slow      func([]byte) // sends a part of the body slowly; nil for at once
}

func newReply(w http.ResponseWriter) *reply {
	return &reply{w: w, header: http.Header{}}
}

// Header returns the headers that will be sent.
func (r *reply) Header() http.Header { return r.header }

// WriteHeader sets the status; informational ones are left out.
func (r *reply) WriteHeader(status int) {
	if r.status != 0 || status < 200 {
		return
	}
	r.status = status
}

// Write collects the body, and streams it when it gets long.
func (r *reply) Write(p []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	r.sent += int64(len(p))
	switch {
	case r.withhold:
		return len(p), nil
	case r.streaming:
		r.pass(p)
		return len(p), nil
	case r.body.Len()+len(p) > held:
		r.flush()
		r.streaming = true
		r.pass(p)
		return len(p), nil
	default:
		return r.body.Write(p)
	}
}

// send sends what was collected.
func (r *reply) send() {
	if !r.streaming {
		r.flush()
	}
}

func (r *reply) flush() {
	target := r.w.Header()
	for name, values := range r.header {
		target[name] = values
	}
	if r.status != 0 {
		r.w.WriteHeader(r.status)
	}
	r.pass(r.body.Bytes())
	r.body.Reset()
}

// pass sends a part of the body; that the client went away is seen in the request's context.
func (r *reply) pass(p []byte) {
	if r.slow != nil {
		r.slow(p)
		return
	}
	_, _ = r.w.Write(p)
}

// crawl lets the answer's body be sent slowly.
func (r *reply) crawl(ctx context.Context, p *pool, bytesPerSecond int) {
	r.slow = func(body []byte) {
		portion := max(1, bytesPerSecond/10)
		for len(body) > 0 && p.sleep(ctx, 100*time.Millisecond) == nil {
			n := min(portion, len(body))
			_, _ = r.w.Write(body[:n])
			_ = http.NewResponseController(r.w).Flush()
			body = body[n:]
		}
	}
}
