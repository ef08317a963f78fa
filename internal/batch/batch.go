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

// NewID gives the id of the batch with a number from 0 to 9,999,999.
func NewID(number int) ID {
	digits := strconv.Itoa(number)
	return ID("b0000000"[:8-len(digits)] + digits)
}

// ParseID checks that a text is a batch's id.
func ParseID(text string) (ID, error) {
	if !idPattern.MatchString(text) {
		return "", fmt.Errorf("parse batch id %q: want b and seven digits", text)
	}
	return ID(text), nil
}

// Entity is what packing has to know of an entity.
type Entity struct {
	ID       entity.ID
	Account  string
	Requests int64 // expected
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
