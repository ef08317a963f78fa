package upload

import (
	"context"
	"maps"
	"path"
	"slices"
	"time"

	"metronome/internal/content"
	"metronome/internal/failure"
	"metronome/internal/ledger"
	"metronome/internal/provider"
	"metronome/internal/rollforward"
	"metronome/internal/stage"
)

// plan makes the manifest of a first visit.
func (v *visit) plan(ctx context.Context, folders content.Folders) (Manifest, error) {
	made, err := v.generated(ctx)
	if err != nil {
		return Manifest{}, err
	}
	files := v.workbooks(made)
	carried, err := v.documents(ctx, made)
	if err != nil {
		return Manifest{}, err
	}
	files = append(files, carried...)
	if err := v.refuseCollisions(folders.Paths, files); err != nil {
		return Manifest{}, err
	}
	for i := range files {
		_, files[i].Taken = v.present[v.storage.Fold(files[i].Path)]
	}
	return Manifest{
		Version: 1, Period: v.job.Period, Created: time.Now().UTC(), Root: folders.Root,
		Folders: withParents(folders.Paths, files), Files: files, HandMade: v.handMade(folders.Paths, files),
	}, nil
}

// generated is what the templates stage left in the ledger to be rendered or uploaded.
type generated struct {
	checklist       content.Checklist
	reconciliations content.Reconciliations
}

func (v *visit) generated(ctx context.Context) (g generated, err error) {
	g.checklist, _, err = ledger.ReadJSON[content.Checklist](ctx, v.Ledger, v.job.Key(ledger.ChecklistName))
	if err != nil {
		return g, err
	}
	g.reconciliations, _, err = ledger.ReadJSON[content.Reconciliations](ctx, v.Ledger, v.job.Key(ledger.ReconciliationsName))
	return g, err
}

// workbooks plans the workbooks that the templates stage left in the ledger.
func (v *visit) workbooks(g generated) []Planned {
	var files []Planned
	for _, book := range stage.Workbooks(v.job, g.checklist, g.reconciliations) {
		files = append(files, Planned{Path: book.Path, Source: FromLedger, Key: book.Key})
	}
	return files
}

// documents plans what is carried forward from the prior period's root; that is listed only where a rule could carry it.
func (v *visit) documents(ctx context.Context, g generated) ([]Planned, error) {
	rules, _, err := ledger.ReadJSON[content.Documents](ctx, v.Ledger, v.job.Key(ledger.DocumentsName))
	if err != nil || !carriesAny(rules.Rules) {
		return nil, err
	}
	prior, err := v.tree(ctx, rules.PriorRoot)
	if err != nil {
		return nil, err
	}
	found := make(map[string]provider.Entry)
	for _, entry := range prior.Entries {
		if !entry.Dir {
			found[entry.Path] = entry
		}
	}
	made := rollforward.Generated(g.checklist, g.reconciliations)
	rolled, err := rollforward.DocumentPlan(rules, slices.Sorted(maps.Keys(found)), made, v.job.Entity.PeriodCalendar())
	if err != nil {
		return nil, err
	}
	files := make([]Planned, len(rolled))
	for i, document := range rolled {
		files[i] = Planned{Path: document.To, Source: sourceOf(document.Action)}
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
func (v *visit) refuseCollisions(folders []string, files []Planned) error {
	owner := make(map[string]string, len(folders)+len(files))
	claim := func(name string) error {
		folded := v.storage.Fold(name)
		if other, taken := owner[folded]; taken {
			return failure.New(failure.Permanent, v.job.Entity.Remote, name,
				"rename one of them in the template set or in the prior period",
				"is the same name as %q at this provider", other)
		}
		owner[folded] = name
		return nil
	}
	for _, folder := range folders {
		if err := claim(folder); err != nil {
			return err
		}
	}
	for _, file := range files {
		if err := claim(file.Path); err != nil {
			return err
		}
	}
	return nil
}

// withParents gives the folders and all folders above folders and files, parents before children.
func withParents(folders []string, files []Planned) []string {
	seen := make(map[string]bool)
	var all []string
	var add func(dir string)
	add = func(dir string) {
		if dir == "." || dir == "" || seen[dir] {
			return
		}
		seen[dir] = true
		add(path.Dir(dir))
		all = append(all, dir)
	}
	for _, folder := range folders {
		add(folder)
	}
	for _, file := range files {
		add(path.Dir(file.Path))
	}
	return all
}

// handMade lists what the period's root holds that is neither planned nor above something planned.
func (v *visit) handMade(folders []string, files []Planned) []string {
	ours := make(map[string]bool)
	for _, folder := range withParents(folders, files) {
		ours[v.storage.Fold(folder)] = true
	}
	for _, file := range files {
		ours[v.storage.Fold(file.Path)] = true
	}
	var found []string
	for folded, entry := range v.present {
		if !ours[folded] {
			found = append(found, entry.Path)
		}
	}
	slices.Sort(found)
	return found
}
