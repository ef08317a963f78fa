package site

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"metronome/internal/calendar"
	"metronome/internal/catalog"
	"metronome/internal/content"
	"metronome/internal/failure"
	"metronome/internal/ledger"
)

// TemplateSet returns a template set by name. Each is read once.
func (s *Site) TemplateSet(ctx context.Context, name string) (content.TemplateSet, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if set, known := s.templateSetCache[name]; known {
		return set, nil
	}
	key := ledger.TemplateSetKey(name)
	data, _, err := s.Ledger.Get(ctx, key)
	if errors.Is(err, ledger.ErrNotFound) {
		return content.TemplateSet{}, failure.New(failure.Data, key, "", "write the template set", "no such template set")
	}
	if err != nil {
		return content.TemplateSet{}, err
	}
	set, err := catalog.ParseTemplates(name, key, data)
	if err == nil {
		s.templateSetCache[name] = set
	}
	return set, err
}

// Calendar returns a calendar of the configuration, or that of a country. Each is made once.
func (s *Site) Calendar(name string) (*calendar.Calendar, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c, known := s.calendars[name]; known {
		return c, nil
	}
	c, err := s.Config.Calendar(name)
	if err != nil {
		return nil, fmt.Errorf("calendar %s: %w", name, err)
	}
	s.calendars[name] = c
	return c, nil
}

// templateSetNames lists the template sets in the ledger.
func (s *Site) templateSetNames(ctx context.Context) ([]string, error) {
	children, err := s.Ledger.Children(ctx, ledger.TemplatesPrefix)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, child := range children {
		if name, isSet := strings.CutSuffix(child, ".yaml"); isSet {
			names = append(names, name)
		}
	}
	return names, nil
}
