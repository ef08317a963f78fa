package provider

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"metronome/internal/failure"
	"metronome/internal/provider/kind"
)

// answer is what came back for one request.
type answer struct {
	method  string
	guard   *guard // that let the request out; nil without an operation
	status  int    // 0 where no answer came
	header  http.Header
	body    string // the start of a refusing answer's body
	problem string // why no answer came
	partial bool   // a listing that says of itself that it is not complete
	at      time.Time
	meaning meaning
}

// bodyLimit is how much of a refusing answer's body is looked at, in bytes.
const bodyLimit = 64 << 10

// readAnswer reads what rclone dumped of a response: its header and body as on the interceptor, or "Error: …".
func readAnswer(dump, method string, words *kind.Words) *answer {
	a := &answer{method: method, at: time.Now()}
	if problem, ok := strings.CutPrefix(dump, "Error: "); ok {
		a.problem = problem
		return a
	}
	response, err := http.ReadResponse(bufio.NewReader(strings.NewReader(dump)), &http.Request{Method: method})
	if err != nil {
		a.problem = "the answer broke off"
		return a
	}
	defer func() { _ = response.Body.Close() }()
	a.status, a.header = response.StatusCode, response.Header
	a.partial = a.status < 300 && words.IsPartial(dump)
	if a.status >= 300 {
		body, err := io.ReadAll(io.LimitReader(response.Body, bodyLimit))
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			body = nil
		}
		a.body = string(body)
	}
	return a
}

// refused reports whether the request was not granted. A partial listing counts as refused: what it does not show may exist.
func (a *answer) refused() bool {
	return a.status == 0 && !a.abandoned() || a.status >= 400 || a.partial
}

// abandoned reports whether no answer came because the caller did not wait for it.
func (a *answer) abandoned() bool {
	return strings.Contains(a.problem, context.Canceled.Error()) || strings.Contains(a.problem, context.DeadlineExceeded.Error())
}

// granted reports whether the request was done. A redirect is not, nor is the 308 by which Google asks for the next chunk.
func (a *answer) granted() bool {
	return a.status >= 200 && a.status < 300 && a.header.Get("X-Http-Status-Code-Override") == ""
}

// handshake reports whether the refusal is the first half of a sign-in by NTLM, which rclone goes on with.
func (a *answer) handshake() bool {
	return a.status == http.StatusUnauthorized && slices.ContainsFunc(a.header.Values("Www-Authenticate"), func(scheme string) bool {
		return strings.HasPrefix(scheme, "NTLM") || strings.HasPrefix(scheme, "Negotiate")
	})
}

// absent reports whether a name was looked up that is not there.
func (a *answer) absent() bool {
	return a.guard != nil && a.guard.lookup && (a.status == 404 || a.status == 409)
}

// longestWait bounds what a server may ask for, whatever it says.
const longestWait = 31 * 24 * time.Hour

// retryAfter returns when the server allows the next try, zero where it did not say. The header holds seconds or a date
// (RFC 9110, 10.2.3).
func (a *answer) retryAfter() time.Time {
	text := a.header.Get("Retry-After")
	if text == "" {
		return time.Time{}
	}
	if seconds, err := strconv.ParseFloat(text, 64); err == nil && seconds >= 0 {
		return a.at.Add(time.Duration(min(seconds, longestWait.Seconds()) * float64(time.Second)))
	}
	if date, err := http.ParseTime(text); err == nil {
		return date
	}
	return time.Time{}
}

// class returns the class of a refusing answer, "" for one that granted.
func (a *answer) class() failure.Class {
	if !a.refused() {
		return ""
	}
	return a.meaning.class
}
