package ledger

import (
	"context"
	"errors"

	"metronome/internal/failure"
)

// checkKeyOfConditions is the key of the document that Check tries the store with; it stays there.
const checkKeyOfConditions = "checks/conditional-writes.json"

var checkDocument = struct {
	Version int    `json:"version"`
	Purpose string `json:"purpose"`
}{1, "shows that this store refuses to create what exists and to swap what has changed"}

// Check tries whether the ledger can be written and keeps its promises. A store that ignores the conditions of a write, as
// some S3 servers do, would let two runs work on one period; it is a Config failure. Two or three requests.
func Check(ctx context.Context, l Ledger) error {
	_, err := CreateJSON(ctx, l, checkKeyOfConditions, checkDocument)
	if err == nil {
		_, err = CreateJSON(ctx, l, checkKeyOfConditions, checkDocument)
	}
	if !errors.Is(err, ErrExists) {
		return unconditional(err, "it created a document that was there")
	}
	_, err = SwapJSON(ctx, l, checkKeyOfConditions, checkDocument, `"00000000000000000000000000000000"`)
	if !errors.Is(err, ErrConflict) {
		return unconditional(err, "it swapped a document that had changed")
	}
	return nil
}

func unconditional(err error, what string) error {
	if err != nil {
		return err
	}
	return failure.New(failure.Config, "ledger key", checkKeyOfConditions, conditionsHint,
		"check ledger: the store ignores the conditions of writes: %s", what)
}
