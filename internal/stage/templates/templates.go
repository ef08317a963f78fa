// Package templates is the second stage: it rolls the checklist, the reconciliations and the document rules of an entity's
// prior period forward, keeps them in the ledger, and renders the workbooks.
package templates

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"

	"metronome/internal/content"
	"metronome/internal/ledger"
	"metronome/internal/receipt"
	"metronome/internal/rollforward"
	"metronome/internal/stage"
	"metronome/internal/workbook"
)

// writers bounds the ledger writes under way at once: they wait for the disk or for S3, not for the processor.
const writers = 8

// Stage does the templates stage.
type Stage struct {
	Ledger    ledger.Ledger
	Templates stage.Templates
	Calendars stage.Calendars
}

// Do rolls one entity's checklist and reconciliations forward and renders its workbooks. Documents that are there already
// are left as they are, and the workbooks are rendered from them.
func (s Stage) Do(ctx context.Context, job stage.Job) error {
	return stage.Once(ctx, s.Ledger, job, receipt.Templates, func(ctx context.Context) (*receipt.Uploaded, error) {
		return nil, s.roll(ctx, job)
	})
}

func (s Stage) roll(ctx context.Context, job stage.Job) error {
	if err := stage.RefuseUnlessOpen(ctx, s.Ledger, job); err != nil {
		return err
	}
	set, err := s.Templates(ctx, job.Entity.Templates)
	if err != nil {
		return err
	}
	folders, _, err := ledger.ReadJSON[content.Folders](ctx, s.Ledger, job.Key(ledger.FoldersName))
	if err != nil {
		return err
	}
	checklist, err := s.checklist(ctx, job, set, folders)
	if err != nil {
		return err
	}
	reconciliations, err := s.reconciliations(ctx, job, set, folders)
	if err != nil {
		return err
	}
	if err := s.documents(ctx, job, set, folders); err != nil {
		return err
	}
	return s.render(ctx, job, checklist, reconciliations)
}

func (s Stage) checklist(ctx context.Context, job stage.Job, set content.TemplateSet, folders content.Folders,
) (content.Checklist, error) {
	calendar, err := s.Calendars(job.Entity.Calendar)
	if err != nil {
		return content.Checklist{}, err
	}
	base, err := ledger.ReadOptionalJSON[content.Checklist](ctx, s.Ledger, job.PriorKey(ledger.ChecklistName))
	if err != nil {
		return content.Checklist{}, err
	}
	rolled, err := rollforward.Checklist(base, set, job.Period, job.Entity, calendar)
	if err != nil {
		return content.Checklist{}, err
	}
	return ledger.CreateOrReadJSON(ctx, s.Ledger, job.Key(ledger.ChecklistName), rollforward.PlaceChecklist(rolled, folders))
}

func (s Stage) reconciliations(ctx context.Context, job stage.Job, set content.TemplateSet, folders content.Folders,
) (content.Reconciliations, error) {
	calendar, err := s.Calendars(job.Entity.Calendar)
	if err != nil {
		return content.Reconciliations{}, err
	}
	base, err := ledger.ReadOptionalJSON[content.Reconciliations](ctx, s.Ledger, job.PriorKey(ledger.ReconciliationsName))
	if err != nil {
		return content.Reconciliations{}, err
	}
	priorState, err := stage.PeriodState(ctx, s.Ledger, job.PriorKey(ledger.PeriodName))
	if err != nil {
		return content.Reconciliations{}, err
	}
	rolled, err := rollforward.Reconciliations(base, priorState, set, job.Period, job.Entity, calendar)
	if err != nil {
		return content.Reconciliations{}, err
	}
	placed, err := rollforward.PlaceReconciliations(rolled, folders)
	if err != nil {
		return content.Reconciliations{}, err
	}
	return ledger.CreateOrReadJSON(ctx, s.Ledger, job.Key(ledger.ReconciliationsName), placed)
}

// documents keeps the rules by which the upload stage carries documents forward, with the folder they come from and the
// one they go to.
func (s Stage) documents(ctx context.Context, job stage.Job, set content.TemplateSet, folders content.Folders) error {
	base, err := ledger.ReadOptionalJSON[content.Documents](ctx, s.Ledger, job.PriorKey(ledger.DocumentsName))
	if err != nil {
		return err
	}
	rolled, err := rollforward.Documents(base, set, folders, job.Entity.PeriodCalendar())
	if err != nil {
		return err
	}
	_, err = ledger.CreateOrReadJSON(ctx, s.Ledger, job.Key(ledger.DocumentsName), rolled)
	return err
}

func (s Stage) render(ctx context.Context, job stage.Job, checklist content.Checklist,
	reconciliations content.Reconciliations,
) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(writers)
	for _, book := range stage.Workbooks(job, checklist, reconciliations) {
		group.Go(func() error { return s.renderOne(ctx, job, book, checklist) })
	}
	return group.Wait()
}

func (s Stage) renderOne(ctx context.Context, job stage.Job, book stage.Workbook, checklist content.Checklist) error {
	var data []byte
	var err error
	if book.Reconciliation == nil {
		data, err = workbook.Checklist(job.Entity, checklist)
	} else {
		data, err = workbook.Reconciliation(job.Entity, *book.Reconciliation, job.Period)
	}
	if err != nil {
		return err
	}
	_, err = s.Ledger.Create(ctx, book.Key, data)
	if errors.Is(err, ledger.ErrExists) {
		return nil // rendered before an interruption, from the same documents
	}
	return err
}
