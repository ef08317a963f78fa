package upload

import (
	"context"
	"maps"
	"slices"
	"time"

	"metronome/internal/content"
	"metronome/internal/failure"
	"metronome/internal/ledger"
	"metronome/internal/provider"
	"metronome/internal/rollforward"
	"metronome/internal/stage"
)

// plan makes the manifest of an entity's first session in a period.
func (s *session) plan(ctx context.Context, folders content.Folders) (Manifest, error) {
	checklist, _, err := ledger.ReadJSON[content.Checklist](ctx, s.ledger, s.job.Key(ledger.ChecklistName))
	if err != nil {
		return Manifest{}, err
	}
	reconciliations, _, err := ledger.ReadJSON[content.Reconciliations](ctx, s.ledger, s.job.Key(ledger.ReconciliationsName))
	if err != nil {
		return Manifest{}, err
	}
	var files []PlannedFile
	for _, book := range stage.Workbooks(s.job, checklist, reconciliations) {
		files = append(files, PlannedFile{Path: book.Path, Source: FromLedger, Key: book.Key})
	}
	documents, err := s.planDocuments(ctx, rollforward.GeneratedWorkbooks(checklist, reconciliations))
	if err != nil {
		return Manifest{}, err
	}
	files = append(files, documents...)
	if err := s.refuseCollisions(folders.Paths, files); err != nil {
		return Manifest{}, err
	}
	for i := range files {
		_, files[i].Taken = s.entriesByPath[s.storage.Fold(files[i].Path)]
	}
	return Manifest{
		Version: manifestVersion, Period: s.job.Period, Created: time.Now().UTC(), Root: folders.Root,
		Folders: withParents(folders.Paths, files), Files: files, UserCreated: s.userCreated(folders.Paths, files),
	}, nil
}

// planDocuments plans what is carried forward from the prior period's root, which is listed only where a rule could carry
// something. Generated workbooks are never carried.
func (s *session) planDocuments(ctx context.Context, generated map[string]bool) ([]PlannedFile, error) {
	rules, _, err := ledger.ReadJSON[content.Documents](ctx, s.ledger, s.job.Key(ledger.DocumentsName))
	if err != nil || !carriesAny(rules.Rules) {
		return nil, err
	}
	prior, err := s.list(ctx, rules.PriorRoot)
	if err != nil {
		return nil, err
	}
	found := make(map[string]provider.Entry)
	for _, entry := range prior.Entries {
		if !entry.Dir {
			found[entry.Path] = entry
		}
	}
	rolled, err := rollforward.PlanDocuments(rules, slices.Sorted(maps.Keys(found)), generated, s.job.Entity.PeriodCalendar())
	if err != nil {
		return nil, err
	}
	files := make([]PlannedFile, len(rolled))
	for i, document := range rolled {
		files[i] = PlannedFile{Path: document.To, Source: sourceOf(document.Action)}
		if document.Action == content.Copy {
			entry := found[document.From]
			files[i].From, files[i].Size, files[i].Hash = entry.Path, entry.Size, entry.Hash
		}
	}
	return files, nil
}

func carriesAny(rules []content.DocumentRule) bool {
	return slices.ContainsFunc(rules, func(r content.DocumentRule) bool { return r.Action != content.Skip })
}

// refuseCollisions fails where two planned names are one name at this provider: they are never merged silently.
func (s *session) refuseCollisions(folders []string, files []PlannedFile) error {
	planned := slices.Clone(folders)
	for _, file := range files {
		planned = append(planned, file.Path)
	}
	first := make(map[string]string, len(planned)) // by folded name
	for _, name := range planned {
		folded := s.storage.Fold(name)
		if other, taken := first[folded]; taken {
			return failure.New(failure.Permanent, s.job.Entity.Remote, name,
				"rename one of them in the template set or in the prior period",
				"is the same name as %q at this provider", other)
		}
		first[folded] = name
	}
	return nil
}

// userCreated lists what the period's root holds that is neither planned nor above something planned.
func (s *session) userCreated(folders []string, files []PlannedFile) []string {
	planned := make(map[string]bool)
	for _, folder := range withParents(folders, files) {
		planned[s.storage.Fold(folder)] = true
	}
	for _, file := range files {
		planned[s.storage.Fold(file.Path)] = true
	}
	var found []string
	for folded, entry := range s.entriesByPath {
		if !planned[folded] {
			found = append(found, entry.Path)
		}
	}
	slices.Sort(found)
	return found
}
