// Package stage defines what the three stages of a worker share: the job (one entity's period in one run) and how a stage
// is done once. The stages themselves are in the packages below: folders and templates only read and write the ledger,
// upload alone talks to the provider.
package stage

import (
	"context"
	"errors"
	"fmt"
	"time"

	"metronome/internal/calendar"
	"metronome/internal/content"
	"metronome/internal/entity"
	"metronome/internal/failure"
	"metronome/internal/ledger"
	"metronome/internal/period"
	"metronome/internal/receipt"
	"metronome/internal/run"
)

// Job is one entity's period, to be replicated by one batch of one run.
type Job struct {
	Run    run.ID
	Batch  string
	Period period.Period
	Entity entity.Entity
}

// Key returns the ledger key of one of the job's own documents.
func (j Job) Key(name string) string { return ledger.EntityKey(j.Entity.ID, j.Period, name) }

// PriorKey returns the ledger key of one of the prior period's documents.
func (j Job) PriorKey(name string) string {
	return ledger.EntityKey(j.Entity.ID, j.Entity.PeriodCalendar().Prior(j.Period), name)
}

// Templates returns a template set by name.
type Templates func(ctx context.Context, set string) (content.TemplateSet, error)

// Calendars returns a calendar by name.
type Calendars func(name string) (*calendar.Calendar, error)

// Once does one stage of a job unless its receipt is there already, and leaves the receipt. Interrupted anywhere, it may be
// called again: the work it is given must be idempotent.
func Once(ctx context.Context, l ledger.Ledger, job Job, name receipt.Stage,
	work func(context.Context) (*receipt.Uploaded, error),
) error {
	done, err := IsDone(ctx, l, job.Entity.ID, job.Period, name)
	if err != nil || done {
		return err
	}
	started := time.Now().UTC()
	uploaded, err := work(ctx)
	if err != nil {
		return err
	}
	proof := receipt.Receipt{
		Version: receipt.Version, Entity: job.Entity.ID, Period: job.Period, Stage: name,
		Run: string(job.Run), Batch: job.Batch, Started: started, Finished: time.Now().UTC(), Upload: uploaded,
	}
	_, err = ledger.CreateJSON(ctx, l, ledger.ReceiptKey(job.Entity.ID, job.Period, name), proof)
	if errors.Is(err, ledger.ErrExists) {
		return nil // another worker finished the same stage at the same time; its receipt says the same
	}
	return err
}

// IsDone reports whether a stage's receipt is there.
func IsDone(ctx context.Context, l ledger.Ledger, id entity.ID, p period.Period, name receipt.Stage) (bool, error) {
	_, _, err := l.Get(ctx, ledger.ReceiptKey(id, p, name))
	if errors.Is(err, ledger.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// RefuseUnlessOpen fails with a Data error where the job's period is closed or locked: nothing may be written to it.
func RefuseUnlessOpen(ctx context.Context, l ledger.Ledger, job Job) error {
	state, err := PeriodState(ctx, l, job.Key(ledger.PeriodName))
	if err != nil || state == content.Open {
		return err
	}
	return failure.New(failure.Permanent, job.Key(ledger.PeriodName), string(state),
		fmt.Sprintf("reopen period %s of %s, or leave the entity out", job.Period, job.Entity.ID),
		"period %s is %s", job.Period, state)
}

// PeriodState reads a period.json; open where there is none.
func PeriodState(ctx context.Context, l ledger.Ledger, key string) (content.PeriodState, error) {
	document, err := ledger.ReadOptionalJSON[content.Period](ctx, l, key)
	switch {
	case err != nil:
		return "", err
	case document == nil:
		return content.Open, nil
	}
	switch document.State {
	case content.Open, content.Closed, content.Locked:
		return document.State, nil
	}
	return "", failure.New(failure.Permanent, key, string(document.State), "write open, closed or locked",
		"unknown state of a period")
}

// Workbook is one .xlsx of a period: where it is kept in the ledger, and where it goes at the customer's storage.
type Workbook struct {
	Key            string
	Path           string                  // relative to the entity's remote
	Reconciliation *content.Reconciliation // what it shows; nil: the checklist
}

// Workbooks lists the workbooks of a period: the checklist's and one for each reconciliation that is due.
func Workbooks(job Job, checklist content.Checklist, reconciliations content.Reconciliations) []Workbook {
	var list []Workbook
	if checklist.Workbook != "" {
		list = append(list, Workbook{Key: ledger.ChecklistWorkbookKey(job.Entity.ID, job.Period), Path: checklist.Workbook})
	}
	for i := range reconciliations.Items {
		item := &reconciliations.Items[i]
		key := ledger.ReconciliationWorkbookKey(job.Entity.ID, job.Period, item.ID)
		list = append(list, Workbook{Key: key, Path: item.Workbook, Reconciliation: item})
	}
	return list
}
