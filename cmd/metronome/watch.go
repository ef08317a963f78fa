//go:build !standalone

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"metronome/internal/argo/operator"
	"metronome/internal/failure"
	"metronome/internal/run"
)

// watchPause is how often a watched run is looked at.
const watchPause = 2 * time.Second

// watch follows a run to its end, with a line whenever something changed, and gives the error that its exit code stands for.
func (a *app) watch(ctx context.Context, client *operator.Client, seen operator.Run) error {
	ticker := time.NewTicker(watchPause)
	defer ticker.Stop()
	told := ""
	for failed := 0; !seen.Ended(); {
		if line := watchLine(seen); line != told {
			fmt.Fprintln(a.err, line)
			told = line
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-ticker.C:
		}
		next, err := client.Run(ctx, run.ID(seen.Name))
		switch {
		case err == nil:
			seen, failed = next, 0
		case failure.ClassOf(err).Retryable() && failed < mostFailedLooks:
			failed++
		default:
			return err
		}
	}
	return a.showEnded(seen)
}

// mostFailedLooks is how many looks in a row may fail: a minute in which the API server restarts.
const mostFailedLooks = 30

func watchLine(r operator.Run) string {
	parts := []string{strings.ToLower(r.Phase)}
	for _, pool := range r.Pools {
		parts = append(parts, fmt.Sprintf("%s %s", pool.Name, strings.ToLower(cmp.Or(pool.Phase, "pending"))))
	}
	if r.Workers > 0 {
		parts = append(parts, fmt.Sprintf("%d workers", r.Workers))
	}
	return fmt.Sprintf("%s: %s", r.Name, strings.Join(parts, ", "))
}

// showEnded prints how a run ended.
func (a *app) showEnded(r operator.Run) error {
	if a.json() {
		if err := a.printJSON(r); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(a.err, "%s: %s\n", r.Name, cmp.Or(r.Summary, r.Message, strings.ToLower(r.Phase)))
	}
	return verdictOf(r)
}

// verdictOf gives the error that the exit code of a run on Argo stands for.
func verdictOf(r operator.Run) error {
	told := func(err error) error { return errors.Join(errTold, err) }
	switch {
	case r.State == run.StateFailed:
		return failure.ErrEntitiesFailed
	case r.State == run.StateParked || r.State == run.StateInterrupted:
		return told(failure.New(failure.Overload, "run", r.Name, "", "%s", r.State))
	case r.Phase == "Succeeded":
		return nil
	default:
		return told(fmt.Errorf("run %s: %s: %s", r.Name, r.Phase, r.Message))
	}
}
