package ledger

import (
	"context"

	"metronome/internal/failure"
)

// Open opens the ledger at a URL, of which no more than the first problem is reported. A bad URL is a Config failure.
func Open(ctx context.Context, rawURL string) (Ledger, error) {
	location, problems := ParseLocation(rawURL)
	if len(problems) > 0 {
		first := problems[0]
		return nil, failure.New(failure.Config, first.Key, first.Value, first.Hint, "%s", first.Message)
	}
	return location.Open(ctx)
}
