package simulator

import (
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"time"
)

// Answer names how a provider words its refusals, as documented by the providers that it is named after.
type Answer string

// The wordings.
const (
	Answer429      Answer = "429"      // 429 with Retry-After; contention 423 Locked; cap 429
	Answer503      Answer = "503"      // 503 with Retry-After; contention 423 Locked
	AnswerSlowDown Answer = "slowdown" // S3: 503 SlowDown as XML, no Retry-After; contention 409 OperationAborted
	AnswerEgnyte   Answer = "egnyte"   // 403 with X-Mashery-Error-Code and Retry-After
	AnswerDrive    Answer = "drive"    // 403 with Google's JSON, no Retry-After
	AnswerOneDrive Answer = "onedrive" // 429 with Microsoft's JSON, Retry-After, and RateLimit headers from 80 % on
	AnswerBox      Answer = "box"      // 429 with Box's JSON and Retry-After
	AnswerDropbox  Answer = "dropbox"  // 429 too_many_requests or too_many_write_operations; cap 403
)

var answers = []Answer{
	Answer429, Answer503, AnswerSlowDown, AnswerEgnyte, AnswerDrive, AnswerOneDrive, AnswerBox, AnswerDropbox,
}

// refusal is how one refused request is answered.
type refusal struct {
	status     int
	retryAfter bool
	code       string // X-Mashery-Error-Code
	media      string
	body       string // may hold one %d for the seconds to wait
}

// refuse answers a request that the quota layer refused.
func (a Answer) refuse(w http.ResponseWriter, outcome Outcome, wait time.Duration) {
	said := a.refusal(outcome)
	seconds := max(1, wholeSeconds(wait))
	header := w.Header()
	header.Set("Content-Type", said.media)
	if said.retryAfter {
		header.Set("Retry-After", strconv.Itoa(seconds))
	}
	if said.code != "" {
		header.Set("X-Mashery-Error-Code", said.code)
	}
	w.WriteHeader(said.status)
	body := said.body
	if said.retryAfter {
		body = fmt.Sprintf(body, seconds)
	}
	_, _ = io.WriteString(w, body) // into memory
}

// announce tells how much of a nearly used up limit is left.
func (n *nearly) announce(header http.Header) {
	if n == nil {
		return
	}
	header.Set("RateLimit-Limit", strconv.Itoa(int(n.allowed)))
	header.Set("RateLimit-Remaining", strconv.Itoa(int(n.left)))
	header.Set("RateLimit-Reset", strconv.Itoa(wholeSeconds(n.reset)))
}

// wholeSeconds rounds up.
func wholeSeconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }

const (
	plain    = "text/plain; charset=utf-8"
	jsonType = "application/json"
	xmlType  = "application/xml"
)

func (a Answer) refusal(outcome Outcome) refusal {
	switch a {
	case AnswerSlowDown:
		return slowDown(outcome)
	case AnswerEgnyte:
		return egnyte(outcome)
	case AnswerDrive:
		return drive(outcome)
	case AnswerOneDrive:
		return refusal{429, true, "", jsonType,
			`{"error":{"code":"activityLimitReached","message":"The app or user has been throttled, retry in %d s."}}`}
	case AnswerBox:
		return box(outcome)
	case AnswerDropbox:
		return dropbox(outcome)
	default:
		return ordinary(a, outcome)
	}
}

func ordinary(a Answer, outcome Outcome) refusal {
	switch {
	case outcome == Contention:
		return refusal{http.StatusLocked, false, "", plain, "Locked"}
	case a == Answer503:
		return refusal{http.StatusServiceUnavailable, true, "", plain, "Service Unavailable, retry after %d s"}
	default:
		return refusal{http.StatusTooManyRequests, true, "", plain, "Too Many Requests, retry after %d s"}
	}
}

func slowDown(outcome Outcome) refusal {
	status, code, message := http.StatusServiceUnavailable, "SlowDown", "Please reduce your request rate."
	if outcome == Contention {
		status, code, message = http.StatusConflict, "OperationAborted",
			"A conflicting conditional operation is currently in progress against this resource. Please try again."
	}
	return refusal{status, false, "", xmlType, `<?xml version="1.0" encoding="UTF-8"?>` + "\n" +
		`<Error><Code>` + code + `</Code><Message>` + message + `</Message><RequestId>simulator</RequestId></Error>`}
}

func egnyte(outcome Outcome) refusal {
	switch outcome {
	case Capped:
		return refusal{http.StatusForbidden, true, "ERR_403_DEVELOPER_OVER_RATE", jsonType,
			`{"errorMessage":"Developer Over Rate","retryAfter":%d}`}
	case Contention:
		return refusal{http.StatusConflict, false, "", jsonType, `{"errorMessage":"Conflicting operation in progress"}`}
	default:
		return refusal{http.StatusForbidden, true, "ERR_403_DEVELOPER_OVER_QPS", jsonType,
			`{"errorMessage":"Developer Over Qps","retryAfter":%d}`}
	}
}

func drive(outcome Outcome) refusal {
	reason, message := "userRateLimitExceeded", "User Rate Limit Exceeded"
	if outcome == Capped {
		reason, message = "dailyLimitExceeded", "Daily Limit Exceeded"
	}
	return refusal{http.StatusForbidden, false, "", jsonType,
		`{"error":{"errors":[{"domain":"usageLimits","reason":"` + reason + `","message":"` + message + `"}],` +
			`"code":403,"message":"` + message + `"}}`}
}

func box(outcome Outcome) refusal {
	if outcome == Contention {
		return refusal{http.StatusConflict, false, "", jsonType,
			`{"type":"error","status":409,"code":"operation_blocked_temporary","message":"The operation is blocked by another on-going operation"}`}
	}
	return refusal{http.StatusTooManyRequests, true, "", jsonType,
		`{"type":"error","status":429,"code":"rate_limit_exceeded","message":"Request rate limit exceeded, please try again in %d s"}`}
}

func dropbox(outcome Outcome) refusal {
	reason := "too_many_requests"
	switch outcome {
	case Capped:
		return refusal{http.StatusForbidden, false, "", plain, "This app has reached its monthly limit of data transport calls"}
	case Contention:
		reason = "too_many_write_operations"
	default: // a throttled request
	}
	return refusal{http.StatusTooManyRequests, true, "", jsonType,
		`{"error_summary":"` + reason + `/..","error":{"reason":{".tag":"` + reason + `"},"retry_after":%d}}`}
}
