package batch

import (
	"fmt"
	"regexp"
	"strconv"

	"metronome/internal/entity"
)

// ID names a batch within its run: "b" and seven digits, so that ids sort as their numbers do.
type ID string

var idPattern = regexp.MustCompile(`^b[0-9]{7}$`)

// NewID returns the id of the batch with a number from 0 to 9,999,999.
func NewID(number int) ID {
	digits := strconv.Itoa(number)
	return ID("b0000000"[:8-len(digits)] + digits)
}

// ParseID checks that a text is a batch's id.
func ParseID(text string) (ID, error) {
	if !idPattern.MatchString(text) {
		return "", fmt.Errorf("parse batch id %q: expected b and seven digits", text)
	}
	return ID(text), nil
}

// Version is the format version that every stored batch carries.
const Version = 1

// Batch is the work of one worker. It is stored at runs/<run>/batches/<batch>.json.
type Batch struct {
	Version  int         `json:"version"`
	ID       ID          `json:"id"`
	Pool     string      `json:"pool"`
	Accounts []string    `json:"accounts"` // each once, in the order in which its entities come
	Entities []entity.ID `json:"entities"`
	Requests int64       `json:"requests"` // expected, all entities together
}

// Chains are, by account, the requests of the batches that belong to that account alone. No two workers work on one account
// at a time, so such batches form a chain: they can only be done one after another, and the longest chain bounds how soon a
// pool can end. The zero Chains is not ready for use; make one.
type Chains map[string]int64

// Add counts a batch, and returns the requests of its chain so far.
func (c Chains) Add(accounts []string, requests int64) int64 {
	if len(accounts) == 1 {
		c[accounts[0]] += requests
	}
	return c.Length(accounts, requests)
}

// Length returns the requests of the chain that a batch is part of, once all batches were added. A batch that several
// accounts share is a chain by itself.
func (c Chains) Length(accounts []string, requests int64) int64 {
	if len(accounts) == 1 {
		return c[accounts[0]]
	}
	return requests
}

// EntitySize is what an entity's period consists of, as far as it is known before the work begins.
type EntitySize struct {
	Folders int // folders to make
	Files   int // workbooks, placeholders and other files to write
	Copies  int // documents to copy at the provider
}

// What one entity costs by its size alone. Measured through rclone v1.76.0 against WebDAV, the most expensive of the backends
// that were measured: opening costs 1 request and looking at the period's root another 1; a folder below a known parent 1; a
// small file 1 (PUT; the MKCOL before it is answered in the hook); one listing before and one after the work replace a look
// at each file; a server-side copy costs 3.
const (
	requestsPerEntity = 4
	requestsPerCopy   = 3
)

// ExpectedRequests estimates the requests of an entity for which no receipt of an earlier period exists.
func ExpectedRequests(size EntitySize) int64 {
	return requestsPerEntity + int64(size.Folders) + int64(size.Files) + requestsPerCopy*int64(size.Copies)
}
