package replicate

import (
	"context"
	"runtime"
	"strings"

	"golang.org/x/sync/errgroup"

	"metronome/internal/batch"
	"metronome/internal/content"
	"metronome/internal/entity"
	"metronome/internal/ledger"
	"metronome/internal/period"
	"metronome/internal/receipt"
	"metronome/internal/stage"
)

// readers bounds the receipts being read at once; on S3 reading is all waiting.
const readers = 64

// size leaves out the entities that are done, and learns from the prior period's receipts what the others will take. Only
// entities that the ledger knows at all are looked up.
func (g *Grouping) size(ctx context.Context, l ledger.Ledger, sets map[string]content.TemplateSet, chosen []entity.Entity) error {
	known, err := knownEntities(ctx, l)
	if err != nil {
		return err
	}
	done := make([]bool, len(chosen))
	learned := make([]int64, len(chosen))
	if err := lookUp(ctx, l, g.Period, chosen, known, done, learned); err != nil {
		return err
	}
	g.entities = make([]entity.Entity, 0, len(chosen))
	g.expected = make([]int64, 0, len(chosen))
	for i, e := range chosen {
		if done[i] {
			g.Skipped++
			g.done = append(g.done, &chosen[i])
			continue
		}
		if learned[i] == 0 {
			learned[i] = expectedRequests(sets[e.Templates])
		}
		g.entities = append(g.entities, e)
		g.expected = append(g.expected, learned[i])
	}
	return nil
}

func knownEntities(ctx context.Context, l ledger.Ledger) (map[string]bool, error) {
	names, err := l.Children(ctx, ledger.EntitiesPrefix)
	if err != nil {
		return nil, err
	}
	known := make(map[string]bool, len(names))
	for _, name := range names {
		known[strings.TrimSuffix(name, "/")] = true
	}
	return known, nil
}

func lookUp(ctx context.Context, l ledger.Ledger, p period.Period, chosen []entity.Entity, known map[string]bool,
	done []bool, learned []int64,
) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(max(readers, runtime.NumCPU()))
	for i := range chosen {
		id, prior := chosen[i].ID, chosen[i].PeriodCalendar().Prior(p)
		if !known[string(id)] {
			continue
		}
		group.Go(func() (err error) {
			if done[i], err = stage.IsDone(ctx, l, id, p, receipt.Upload); err != nil || done[i] {
				return err
			}
			learned[i], err = requestsOf(ctx, l, id, prior)
			return err
		})
	}
	return group.Wait()
}

// requestsOf reads what an entity took in a period; 0 where it left no receipt.
func requestsOf(ctx context.Context, l ledger.Ledger, id entity.ID, p period.Period) (int64, error) {
	proof, err := ledger.ReadOptionalJSON[receipt.Receipt](ctx, l, ledger.ReceiptKey(id, p, receipt.Upload))
	if err != nil || proof == nil || proof.Upload == nil {
		return 0, err
	}
	return proof.Upload.Requests, nil
}

// firstTime is what an entity without a receipt may take on top: its customer's folder and the year's may have to be made,
// at two requests a level where the parent turns out to be missing (measured on WebDAV).
const firstTime = 6

// expectedRequests estimates the requests of an entity by the counts of its template set.
func expectedRequests(templates content.TemplateSet) int64 {
	files := len(templates.Reconciliations.Items)
	if templates.Checklist.Workbook != "" {
		files++
	}
	return firstTime + batch.ExpectedRequests(batch.EntitySize{Folders: len(templates.Folders), Files: files})
}
