// Package folders is the first stage: it rolls the folder tree of an entity's prior period forward and keeps the result in
// the ledger as folders.json.
package folders

import (
	"context"

	"metronome/internal/content"
	"metronome/internal/ledger"
	"metronome/internal/receipt"
	"metronome/internal/rollforward"
	"metronome/internal/stage"
)

// Stage does the folders stage.
type Stage struct {
	Ledger    ledger.Ledger
	Templates stage.Templates
}

// Do rolls the folders of one entity forward. A folders.json that is there already is left as it is.
func (s Stage) Do(ctx context.Context, job stage.Job) error {
	return stage.Once(ctx, s.Ledger, job, receipt.Folders, func(ctx context.Context) (*receipt.Uploaded, error) {
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
	base, err := ledger.ReadOptionalJSON[content.Folders](ctx, s.Ledger, job.PriorKey(ledger.FoldersName))
	if err != nil {
		return err
	}
	rolled, err := rollforward.Folders(base, set, job.Period, job.Entity.PeriodCalendar())
	if err != nil {
		return err
	}
	_, err = ledger.CreateOrReadJSON(ctx, s.Ledger, job.Key(ledger.FoldersName), rolled)
	return err
}
