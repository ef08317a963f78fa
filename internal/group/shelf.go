package group

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"metronome/internal/calendar"
	"metronome/internal/catalog"
	"metronome/internal/config"
	"metronome/internal/content"
	"metronome/internal/failure"
	"metronome/internal/ledger"
)

// Shelf gives the template sets of a ledger and the calendars of a configuration, reading each once. It is safe for
// concurrent use.
type Shelf struct {
	ledger ledger.Ledger
	config config.Config

	mu        sync.Mutex
	sets      map[string]content.TemplateSet
	calendars map[string]*calendar.Calendar
}

// NewShelf makes a shelf that has read nothing yet.
func NewShelf(l ledger.Ledger, c config.Config) *Shelf {
	return &Shelf{
		ledger: l, config: c, sets: map[string]content.TemplateSet{}, calendars: map[string]*calendar.Calendar{},
	}
}

// Templates gives a template set by name.
func (s *Shelf) Templates(ctx context.Context, name string) (content.TemplateSet, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if set, known := s.sets[name]; known {
		return set, nil
	}
	key := ledger.TemplateSetKey(name)
	data, _, err := s.ledger.Get(ctx, key)
	if errors.Is(err, ledger.ErrNotFound) {
		return content.TemplateSet{}, failure.New(failure.Data, key, "", "write the template set", "no such template set")
	}
	if err != nil {
		return content.TemplateSet{}, err
	}
	set, err := catalog.ParseTemplates(name, key, data)
	if err == nil {
		s.sets[name] = set
	}
	return set, err
}

// Calendar gives a calendar of the configuration, or that of a country.
func (s *Shelf) Calendar(name string) (*calendar.Calendar, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c, known := s.calendars[name]; known {
		return c, nil
	}
	c, err := s.config.Calendar(name)
	if err != nil {
		return nil, fmt.Errorf("calendar %s: %w", name, err)
	}
	s.calendars[name] = c
	return c, nil
}

// names lists the template sets in the ledger.
func (s *Shelf) names(ctx context.Context) ([]string, error) {
	children, err := s.ledger.Children(ctx, ledger.TemplatesPrefix)
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
