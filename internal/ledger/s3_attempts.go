package ledger

import (
	"context"
	"sync/atomic"

	"github.com/aws/smithy-go/middleware"
)

type lostKey struct{}

// watchAttempts returns a context whose requests are watched, and a function that reports whether the answer to any of their
// attempts was lost, so that the server may have done what it was asked without our knowing.
func watchAttempts(ctx context.Context) (watched context.Context, lost func() bool) {
	flag := new(atomic.Bool)
	return context.WithValue(ctx, lostKey{}, flag), flag.Load
}

// noteLostAnswers is the SDK middleware behind watchAttempts; it runs once for every attempt.
func noteLostAnswers(stack *middleware.Stack) error {
	note := func(
		ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler,
	) (middleware.FinalizeOutput, middleware.Metadata, error) {
		out, metadata, err := next.HandleFinalize(ctx, in)
		if flag, ok := ctx.Value(lostKey{}).(*atomic.Bool); ok && err != nil && !isDecided(err) {
			flag.Store(true)
		}
		return out, metadata, err
	}
	return stack.Finalize.Insert(middleware.FinalizeMiddlewareFunc("NoteLostAnswers", note), "Retry", middleware.After)
}
