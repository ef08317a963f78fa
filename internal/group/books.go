package group

import (
	"context"
	"errors"
	"time"

	"metronome/internal/batch"
	"metronome/internal/catalog"
	"metronome/internal/config"
	"metronome/internal/content"
	"metronome/internal/entity"
	"metronome/internal/failure"
	"metronome/internal/ledger"
	"metronome/internal/period"
	"metronome/internal/rollforward"
)

// Books are the checked catalog: the entities and the template sets.
type Books struct {
	Catalog catalog.Catalog
	Sets    map[string]content.TemplateSet
	shelf   *Shelf
}

// ReadBooks reads and checks the catalog of a ledger. Every problem of every file is reported at once.
func ReadBooks(ctx context.Context, l ledger.Ledger, c config.Config, remotes map[string]string) (*Books, error) {
	data, _, err := l.Get(ctx, ledger.EntitiesKey)
	if errors.Is(err, ledger.ErrNotFound) {
		return nil, failure.New(failure.Data, ledger.EntitiesKey, "",
			"write one entity a line, or make it of a customer list with `metronome catalog import`", "the ledger has no catalog")
	}
	if err != nil {
		return nil, err
	}
	b := &Books{Sets: map[string]content.TemplateSet{}, shelf: NewShelf(l, c)}
	names, err := b.shelf.names(ctx)
	if err != nil {
		return nil, err
	}
	problems := failure.Problems{Class: failure.Data}
	b.Catalog, err = catalog.Parse(ledger.EntitiesKey, data, catalog.KnownFrom(c, names, remotes))
	if err := collect(&problems, err); err != nil {
		return nil, err
	}
	if err := b.readSets(ctx, l, names, &problems); err != nil {
		return nil, err
	}
	return b, problems.OrNil()
}

// readSets checks every template set for the entities that use it.
func (b *Books) readSets(ctx context.Context, l ledger.Ledger, names []string, problems *failure.Problems) error {
	uses, err := b.Catalog.Uses(b.shelf.Calendar)
	if err := collect(problems, err); err != nil {
		return err
	}
	for _, name := range names {
		key := ledger.TemplateSetKey(name)
		data, _, err := l.Get(ctx, key)
		if err != nil {
			return err
		}
		set, err := parseSet(name, key, data, uses)
		if err := collect(problems, err); err != nil {
			return err
		}
		b.Sets[name] = set
	}
	return nil
}

func parseSet(name, key string, data []byte, uses map[string]catalog.Use) (content.TemplateSet, error) {
	if use, used := uses[name]; used {
		return catalog.CheckTemplates(name, key, data, use)
	}
	return catalog.ParseTemplates(name, key, data)
}

// collect adds an error's problems to the others; an error of another kind is given back.
func collect(problems *failure.Problems, err error) error {
	var more failure.Problems
	if errors.As(err, &more) {
		problems.List = append(problems.List, more.List...)
		return nil
	}
	return err
}

// firstTime is what an entity without a receipt may take on top: its customer's folder and the year's may have to be made,
// at two requests a level where the parent turns out to be missing (measured on WebDAV).
const firstTime = 6

// expected estimates the requests of an entity by the counts of its template set.
func (b *Books) expected(set string) int64 {
	templates := b.Sets[set]
	files := len(templates.Reconciliations.Items)
	if templates.Checklist.Workbook != "" {
		files++
	}
	return firstTime + batch.ExpectedRequests(batch.EntitySize{Folders: len(templates.Folders), Files: files})
}

// convention is what an entity's due dates depend on.
type convention struct {
	templates, calendar string
	close               entity.Close
	periods             period.Calendar
}

// firstDue gives the earliest due date of the chosen entities in a period, by their template sets; "" where nothing is due.
func (b *Books) firstDue(chosen []entity.Entity, p period.Period) (string, error) {
	seen := map[convention]entity.Entity{}
	for _, e := range chosen {
		seen[convention{e.Templates, e.Calendar, e.Close, e.PeriodCalendar()}] = e
	}
	first := ""
	for _, e := range seen {
		calendar, err := b.shelf.Calendar(e.Calendar)
		if err != nil {
			return "", err
		}
		rolled, err := rollforward.Checklist(nil, b.Sets[e.Templates], p, e, calendar)
		if err != nil {
			return "", err
		}
		for _, item := range rolled.Items {
			first = earliest(first, item.Preparers)
			first = earliest(first, item.Reviewers)
		}
	}
	return first, nil
}

func earliest(first string, assignees []content.Assignee) string {
	for _, a := range assignees {
		if a.DueDate != "" && (first == "" || a.DueDate < first) {
			first = a.DueDate
		}
	}
	return first
}

// dueTime is the beginning of the first due date, by which everything should be in place.
func dueTime(date string) time.Time {
	at, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return time.Time{}
	}
	return at
}
