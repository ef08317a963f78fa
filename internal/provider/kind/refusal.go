package kind

import (
	"net/http"
	"slices"
	"strings"

	"metronome/internal/failure"
)

// Refusal says what an answer means that has one of the statuses (any, where none is given) and holds one of the marks (where
// any are given).
type Refusal struct {
	Statuses []int
	Marks    []string // lower case, in the body or in one of the headers that say what was wrong: "x-error-code: busy"
	Class    failure.Class
	Hint     string
	Taken    bool // refused because the name exists
}

// Hints for whoever runs Metronome, also where no server answers (file systems). "this remote" becomes the remote's name.
const (
	HintCredential = "check the credential of this remote in the rclone configuration"
	HintAccess     = "give the credential the right to write in this folder"
	HintRoom       = "make room in the account, or enlarge it"
	HintMissing    = "create the entity's folder (or bucket), or correct its remote in the catalog"
	hintLocked     = "close the file, or wait until its lock ends"
)

// commonRefusals hold for every provider, after its own.
var commonRefusals = []Refusal{
	// Room in the account: nobody but its owner can help (RFC 4918, 11.5).
	{Statuses: []int{http.StatusInsufficientStorage}, Class: failure.Permanent, Hint: HintRoom},
	// Two writers at once (RFC 4918, 11.3; OneDrive and SharePoint answer so as well).
	{Statuses: []int{http.StatusLocked}, Class: failure.Contention, Hint: hintLocked},
	// Too many requests: RFC 6585, 4; 509 by convention; 503 with Retry-After at SharePoint, Azure and many proxies.
	{Statuses: []int{http.StatusTooManyRequests, 509}, Class: failure.Throttled},
	{Statuses: []int{http.StatusServiceUnavailable}, Marks: []string{"retry-after: "}, Class: failure.Throttled},
	// Sign-in: OAuth (RFC 6749, 5.2), HTTP (RFC 9110, 15.5.2).
	{Marks: []string{"invalid_grant", "invalid_client"}, Class: failure.Permanent, Hint: HintCredential},
	{Statuses: []int{401, 407}, Class: failure.Permanent, Hint: HintCredential},
	// The name exists: If-None-Match, Overwrite: F, ifGenerationMatch.
	{Statuses: []int{http.StatusPreconditionFailed}, Class: failure.Permanent, Taken: true},
	{Statuses: []int{http.StatusConflict}, Marks: []string{"already exists"}, Class: failure.Permanent, Taken: true},
	// The rest goes by the status: RFC 9110, 15.5.4; WebDAV says 409 where the parent is missing; 408 and 425 came too slowly
	// or too early.
	{Statuses: []int{403}, Class: failure.Permanent, Hint: HintAccess},
	{Statuses: []int{404, 409, 410}, Class: failure.Permanent, Hint: HintMissing},
	{Statuses: []int{408, 425}, Class: failure.Overload},
}

// commonHeaders say what was wrong at several providers.
var commonHeaders = []string{"Www-Authenticate", "X-Error-Code", "Retry-After"}

// Words are the words of refusal that count for one provider.
type Words struct {
	Headers  []string // that say what was wrong
	refusals []Refusal
	partial  []string
}

// WordsOf returns the words that count for a provider: its own, then those of all others that have marks (a gateway or a pool
// that names another provider must not turn a throttled request into a permanent failure), then those that all share.
func WordsOf(name Name) *Words {
	w := &Words{Headers: slices.Clone(commonHeaders), refusals: Of(name).Refusals}
	for _, p := range providers {
		w.Headers = append(w.Headers, p.Headers...)
		w.partial = append(w.partial, p.Partial...)
		if p.Name != name {
			w.refusals = slices.Concat(w.refusals, p.marked())
		}
	}
	w.refusals = slices.Concat(w.refusals, commonRefusals)
	return w
}

// marked returns the refusals that do not go by a status alone.
func (p *Provider) marked() []Refusal {
	return slices.DeleteFunc(slices.Clone(p.Refusals), func(r Refusal) bool { return len(r.Marks) == 0 })
}

// Find returns what an answer means by its status and its marks: the text, in lower case, of the Headers with their names and
// of its body. It is false where no words apply.
func (w *Words) Find(status int, marks string) (Refusal, bool) {
	for _, r := range w.refusals {
		if r.applies(status, marks) {
			return r, true
		}
	}
	return Refusal{}, false
}

func (r *Refusal) applies(status int, marks string) bool {
	if len(r.Statuses) > 0 && !slices.Contains(r.Statuses, status) {
		return false
	}
	return len(r.Marks) == 0 || slices.ContainsFunc(r.Marks, func(m string) bool { return strings.Contains(marks, m) })
}

// IsPartial reports whether the text of a granted listing says that the listing is not complete.
func (w *Words) IsPartial(listing string) bool {
	return slices.ContainsFunc(w.partial, func(mark string) bool { return strings.Contains(listing, mark) })
}
