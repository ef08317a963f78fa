package provider

import (
	"net/http"
	"strings"
	"time"

	"metronome/internal/failure"
	"metronome/internal/provider/kind"
)

// meaning is what a refusing answer means.
type meaning struct {
	class failure.Class
	until time.Time // when to try again, where the server said so
	pause bool      // hold the whole pool back until then
	hint  string
	taken bool // refused because the name exists
}

// longWait is from when on a throttled request's Retry-After is not a pause but the end of an allowance.
const longWait = 10 * time.Minute

// classify returns what a refusing answer means by the words that count at its storage. An answer that no words apply to goes
// by its status: 5xx, but for 501, is overload, anything else permanent.
func classify(a *answer, words *kind.Words) meaning {
	if a.status == 0 {
		return classifyProblem(a.problem)
	}
	if a.partial {
		return meaning{class: failure.Overload}
	}
	m := meaning{class: failure.Permanent}
	if a.status >= 500 && a.status != http.StatusNotImplemented {
		m.class = failure.Overload
	}
	if refusal, found := words.Find(a.status, a.marks(words.Headers)); found {
		m = meaning{class: refusal.Class, hint: refusal.Hint, taken: refusal.Taken}
	}
	return m.withRetryAfter(a)
}

// withRetryAfter adds what the server said about the next try.
func (m meaning) withRetryAfter(a *answer) meaning {
	if !m.class.Retryable() {
		return m
	}
	m.until = a.retryAfter()
	if m.class != failure.Throttled || m.until.IsZero() {
		return m
	}
	if m.until.Sub(a.at) > longWait {
		m.class = failure.Cap
		return m
	}
	m.pause = true
	return m
}

// marks returns the text in which words are looked for, in lower case: some headers and the body.
func (a *answer) marks(headers []string) string {
	var b strings.Builder
	for _, name := range headers {
		if value := a.header.Get(name); value != "" {
			b.WriteString(name + ": " + value + "\n")
		}
	}
	b.WriteString(a.body)
	return strings.ToLower(b.String())
}

// classifyProblem returns what it means that no answer came: mostly that the server or the network is overloaded.
func classifyProblem(problem string) meaning {
	text := strings.ToLower(problem)
	for _, mark := range []string{"x509:", "certificate", "unsupported protocol scheme", "server gave http response to https"} {
		if strings.Contains(text, mark) {
			return meaning{class: failure.Permanent, hint: "check the URL and the certificate of this remote"}
		}
	}
	return meaning{class: failure.Overload}
}
