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
	"metronome/internal/ui"
)

// watchInterval is how often a watched run is read.
const watchInterval = 2 * time.Second

// maxFailedReads is how many reads in a row may fail: a minute in which the API server restarts.
const maxFailedReads = 30

// watch follows a run to its end, with a line whenever something changed, and returns the error that its exit code stands
// for.
func (a *app) watch(ctx context.Context, client *operator.Client, current operator.Run) error {
	ticker := time.NewTicker(watchInterval)
	defer ticker.Stop()
	printed := ""
	for failed := 0; !current.Ended(); {
		if line := ui.WorkflowLine(workflowOf(current)); line != printed {
			fmt.Fprintln(a.stderr, line)
			printed = line
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-ticker.C:
		}
		next, err := client.Run(ctx, run.ID(current.Name))
		switch {
		case err == nil:
			current, failed = next, 0
		case failure.ClassOf(err).Retryable() && failed < maxFailedReads:
			failed++
		default:
			return err
		}
	}
	if err := a.printEnd(current); err != nil {
		return err
	}
	return workflowError(current)
}

// printEnd prints how a run ended.
func (a *app) printEnd(r operator.Run) error {
	if a.json() {
		return a.printJSON(r)
	}
	fmt.Fprintf(a.stderr, "%s: %s\n", r.Name, cmp.Or(r.Summary, r.Message, strings.ToLower(r.Phase)))
	return nil
}

// workflowError is the error that the exit code of a run on Argo stands for; it is already printed.
func workflowError(r operator.Run) error {
	switch {
	case r.State == run.StateFailed:
		return failure.ErrEntitiesFailed
	case r.State == run.StateParked || r.State == run.StateInterrupted:
		return errors.Join(errReported, failure.New(failure.Overload, "run", r.Name, "", "%s", r.State))
	case r.Phase == "Succeeded":
		return nil
	default:
		return errors.Join(errReported, fmt.Errorf("run %s: %s: %s", r.Name, r.Phase, r.Message))
	}
}
