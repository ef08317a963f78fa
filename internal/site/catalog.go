package site

import (
	"context"
	"errors"

	"metronome/internal/catalog"
	"metronome/internal/content"
	"metronome/internal/failure"
	"metronome/internal/ledger"
)

// Catalog is the checked catalog: the entities and the template sets by name.
type Catalog struct {
	catalog.Catalog
	TemplateSets map[string]content.TemplateSet
}

// ReadCatalog reads and checks the catalog of the ledger. Every problem of every file is reported at once, as
// failure.Problems of class Data. Remotes are checked where they are known.
func (s *Site) ReadCatalog(ctx context.Context) (*Catalog, error) {
	data, _, err := s.Ledger.Get(ctx, ledger.EntitiesKey)
	if errors.Is(err, ledger.ErrNotFound) {
		return nil, failure.New(failure.Data, ledger.EntitiesKey, "",
			"write one entity a line, or create it from a customer list with `metronome catalog import`", "the ledger has no catalog")
	}
	if err != nil {
		return nil, err
	}
	names, err := s.templateSetNames(ctx)
	if err != nil {
		return nil, err
	}
	checked := &Catalog{TemplateSets: map[string]content.TemplateSet{}}
	problems := failure.Problems{Class: failure.Data}
	checked.Catalog, err = catalog.Parse(ledger.EntitiesKey, data, catalog.NewKnownNames(s.Config, names, s.Remotes))
	if err := addProblems(&problems, err); err != nil {
		return nil, err
	}
	if err := s.readSets(ctx, checked, names, &problems); err != nil {
		return nil, err
	}
	return checked, problems.OrNil()
}

// readSets checks every template set for the entities that use it.
func (s *Site) readSets(ctx context.Context, checked *Catalog, names []string, problems *failure.Problems) error {
	requirementsBySet, err := checked.Requirements(s.Calendar)
	if err := addProblems(problems, err); err != nil {
		return err
	}
	for _, name := range names {
		key := ledger.TemplateSetKey(name)
		data, _, err := s.Ledger.Get(ctx, key)
		if err != nil {
			return err
		}
		set, err := parseSet(name, key, data, requirementsBySet)
		if err := addProblems(problems, err); err != nil {
			return err
		}
		checked.TemplateSets[name] = set
	}
	return nil
}

func parseSet(name, key string, data []byte, requirementsBySet map[string]catalog.Requirements) (content.TemplateSet, error) {
	if requirements, used := requirementsBySet[name]; used {
		return catalog.CheckTemplates(name, key, data, requirements)
	}
	return catalog.ParseTemplates(name, key, data)
}

// addProblems adds an error's problems to the others; an error of another kind is returned.
func addProblems(problems *failure.Problems, err error) error {
	var more failure.Problems
	if errors.As(err, &more) {
		problems.List = append(problems.List, more.List...)
		return nil
	}
	return err
}
