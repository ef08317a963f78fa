package provider

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"metronome/internal/failure"
)

// verdict is what an answer means.
type verdict struct {
	class failure.Class
	until time.Time // when to try again, where the server said so
	pause bool      // hold the whole pool back until then
	hint  string
	taken bool // refused because the name exists
}

// longWait is from when on a throttled request's Retry-After is not a pause but the end of an allowance.
const longWait = 10 * time.Minute

// judgement is one row of the rule table: it applies to an answer with one of the statuses (all, where none is given) whose
// body or error headers hold one of the marks (where any are given).
type judgement struct {
	statuses []int
	marks    []string // lower case
	class    failure.Class
	hint     string
	taken    bool
	why      string // where the row comes from
}

const (
	hintCredential = "check the credential of this remote in the rclone configuration"
	hintAccess     = "give the credential the right to write in this folder"
	hintQuota      = "make room in the account, or enlarge it"
	hintMissing    = "create the entity's folder (or bucket), or correct its remote in the catalog"
)

// judgements are looked through from the top; the first that applies decides.
var judgements = []judgement{
	// Day and month allowances.
	{marks: []string{"err_403_developer_over_rate"}, class: failure.Cap, why: "Egnyte: calls per day"},
	{statuses: []int{403, 429}, marks: []string{"dailylimitexceeded", "daily limit exceeded", "uploadlimitexceeded"},
		class: failure.Cap, why: "Google: queries, and 750 GB, per day"},
	{statuses: []int{403}, marks: []string{"monthly api call", "api_limit", "api call limit"},
		class: failure.Cap, why: "Dropbox data transport, Box: calls per month"},

	// Room in the account: nobody but its owner can help.
	{marks: []string{"storagequotaexceeded", "storage_limit_exceeded", "insufficient_space", "quotalimitreached",
		"quotareached", "teamdrivefilelimitexceeded"},
		class: failure.Permanent, hint: hintQuota, why: "Drive, Box, Dropbox, OneDrive: account is full"},
	{statuses: []int{http.StatusInsufficientStorage}, class: failure.Permanent, hint: hintQuota, why: "RFC 4918, 11.5"},

	// Two writers at once.
	{marks: []string{"too_many_write_operations"}, class: failure.Contention, why: "Dropbox: a namespace serialises writes"},
	{statuses: []int{http.StatusLocked}, class: failure.Contention, hint: "close the file, or wait until its lock ends",
		why: "RFC 4918, 11.3; OneDrive, SharePoint"},
	{statuses: []int{409}, marks: []string{"operationaborted", "conditionalrequestconflict", "leasealreadypresent",
		"operation_blocked_temporary", "resourcemodified"},
		class: failure.Contention, why: "S3, Azure, Box, OneDrive: another request is writing this name"},

	// Too many requests.
	{marks: []string{"err_403_developer_over_qps", "userratelimitexceeded", "\"ratelimitexceeded\"", "too_many_requests",
		"rate_limit_exceeded", "slowdown", "serverbusy", "operationtimedoutthrottled", "activitylimitreached",
		"throttlingexception", "requestlimitexceeded"},
		class: failure.Throttled, why: "Egnyte, Google, Dropbox, Box, S3, Azure, OneDrive, AWS"},
	{statuses: []int{http.StatusTooManyRequests, 509}, class: failure.Throttled, why: "RFC 6585, 4; 509 by convention"},
	{statuses: []int{503}, marks: []string{"retry-after"}, class: failure.Throttled, why: "OneDrive, SharePoint throttle so"},

	// Sign-in.
	{marks: []string{"invalid_grant", "invalid_client", "expired_access_token", "invalid_access_token", "expiredtoken",
		"invalidaccesskeyid", "signaturedoesnotmatch", "authenticationfailed"},
		class: failure.Permanent, hint: hintCredential, why: "OAuth (RFC 6749, 5.2), Dropbox, S3, Azure"},
	{statuses: []int{401, 407}, class: failure.Permanent, hint: hintCredential, why: "RFC 9110, 15.5.2"},

	// The name exists.
	{statuses: []int{http.StatusPreconditionFailed}, class: failure.Permanent, taken: true, why: "If-None-Match, Overwrite: F"},
	{statuses: []int{409}, marks: []string{"item_name_in_use", "namealreadyexists", "blobalreadyexists", "path/conflict", "to/conflict", "conflict/folder", "conflict/file",
		"already exists"},
		class: failure.Permanent, taken: true, why: "Box, OneDrive, Azure, Dropbox, ShareFile"},

	// The rest goes by the status.
	{statuses: []int{403}, class: failure.Permanent, hint: hintAccess, why: "RFC 9110, 15.5.4"},
	{statuses: []int{404, 409, 410}, class: failure.Permanent, hint: hintMissing, why: "WebDAV says 409 where the parent is missing"},
	{statuses: []int{408, 425}, class: failure.Overload, why: "the request came too slowly, or too early"},
}

// classify tells what a refusing answer means.
func classify(a *answer) verdict {
	if a.status == 0 {
		return classifyProblem(a.problem)
	}
	if a.partial {
		return verdict{class: failure.Overload}
	}
	v := verdict{class: failure.Permanent}
	if a.status >= 500 && a.status != http.StatusNotImplemented {
		v.class = failure.Overload
	}
	marks := a.marks()
	for i := range judgements {
		if judgements[i].applies(a.status, marks) {
			v = verdict{class: judgements[i].class, hint: judgements[i].hint, taken: judgements[i].taken}
			break
		}
	}
	return v.withRetryAfter(a)
}

// withRetryAfter adds what the server said about the next try.
func (v verdict) withRetryAfter(a *answer) verdict {
	if !v.class.Retryable() {
		return v
	}
	v.until = a.retryAfter()
	if v.class != failure.Throttled || v.until.IsZero() {
		return v
	}
	if v.until.Sub(a.at) > longWait {
		v.class = failure.Cap
		return v
	}
	v.pause = true
	return v
}

func (j *judgement) applies(status int, marks string) bool {
	if len(j.statuses) > 0 && !slices.Contains(j.statuses, status) {
		return false
	}
	return len(j.marks) == 0 || slices.ContainsFunc(j.marks, func(m string) bool { return strings.Contains(marks, m) })
}

// errorHeaders are the headers in which providers say what was wrong; Retry-After counts by being there.
var errorHeaders = []string{"X-Mashery-Error-Code", "X-Ms-Error-Code", "Www-Authenticate", "X-Error-Code"}

// marks is the text in which rules look for their marks, in lower case.
func (a *answer) marks() string {
	var b strings.Builder
	for _, name := range errorHeaders {
		b.WriteString(a.header.Get(name) + "\n")
	}
	if a.header.Get("Retry-After") != "" {
		b.WriteString("retry-after\n")
	}
	b.WriteString(a.body)
	return strings.ToLower(b.String())
}

// classifyProblem tells what it means that no answer came: mostly that the server or the network is overloaded.
func classifyProblem(problem string) verdict {
	text := strings.ToLower(problem)
	for _, mark := range []string{"x509:", "certificate", "unsupported protocol scheme", "server gave http response to https"} {
		if strings.Contains(text, mark) {
			return verdict{class: failure.Permanent, hint: "check the URL and the certificate of this remote"}
		}
	}
	return verdict{class: failure.Overload}
}
