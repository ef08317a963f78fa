package reporting

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"metronome/internal/run"
)

// maxNamedFailures is how many failed entities a summary names; the report in the ledger names all.
const maxNamedFailures = 5

// describeReport says in a sentence or two how a run ended.
func describeReport(r run.Report) string {
	parts := []string{fmt.Sprintf("period %s: %s", r.Period, describeTally(r.Entities))}
	for i, f := range r.Failures {
		if i == maxNamedFailures {
			parts = append(parts, fmt.Sprintf("and %d more", len(r.Failures)-maxNamedFailures))
			break
		}
		parts = append(parts, fmt.Sprintf("%s (%s): %s", f.Entity, f.Class, firstLine(f.Error)))
	}
	for _, p := range r.Parking {
		parts = append(parts, fmt.Sprintf("pool %s until %s: %s", p.Pool, p.Until, p.Reason))
	}
	if stale := len(r.Stale); stale > 0 {
		parts = append(parts, fmt.Sprintf("stale workbooks, entities: %d", stale))
	}
	return strings.Join(parts, "; ")
}

func describeTally(t run.Tally) string {
	parts := []string{fmt.Sprintf("%d of %d entities done", t.Done+t.Skipped, t.Total)}
	for _, part := range []struct {
		count int
		what  string
	}{{t.Skipped, "done before"}, {t.Failed, "failed"}, {t.Parked, "parked"},
		{t.Total - t.Done - t.Skipped - t.Failed - t.Parked, "left"}} {
		if part.count > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.count, part.what))
		}
	}
	return strings.Join(parts, ", ")
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// workflowFailure is one element of Argo's workflow.failures.
type workflowFailure struct {
	DisplayName string `json:"displayName"`
	Message     string `json:"message"`
}

// firstFailure says what failed first in the Workflow; "" where nothing did. Argo gives the list as a quoted text.
func firstFailure(text string) string {
	if unquoted, err := strconv.Unquote(text); err == nil {
		text = unquoted
	}
	var failures []workflowFailure
	if json.Unmarshal([]byte(text), &failures) != nil || len(failures) == 0 {
		return ""
	}
	return failures[0].DisplayName + ": " + cmp.Or(failures[0].Message, "failed")
}
