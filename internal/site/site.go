// Package site is an installation: its configuration, its opened ledger, the remotes it knows, its catalog, and the template
// sets and calendars that it has read so far. Whatever works for an installation, a command or a step, opens one Site.
package site

import (
	"context"
	"sync"

	"metronome/internal/calendar"
	"metronome/internal/config"
	"metronome/internal/content"
	"metronome/internal/ledger"
)

// Site is an installation. Its methods are safe for concurrent use.
type Site struct {
	Config config.Config
	Ledger ledger.Ledger
	// Remotes has rclone's type of each remote; nil where the rclone configuration is not at hand, as in most steps.
	Remotes map[string]string

	mu               sync.Mutex
	templateSetCache map[string]content.TemplateSet
	calendars        map[string]*calendar.Calendar
}

// Open reads the configuration at a path and opens its ledger.
func Open(ctx context.Context, path string) (*Site, error) {
	c, err := config.Load(path)
	if err != nil {
		return nil, err
	}
	l, err := c.Ledger.Open(ctx)
	if err != nil {
		return nil, err
	}
	return New(c, l), nil
}

// New returns the installation of a configuration and an opened ledger.
func New(c config.Config, l ledger.Ledger) *Site {
	return &Site{
		Config: c, Ledger: l, templateSetCache: map[string]content.TemplateSet{}, calendars: map[string]*calendar.Calendar{},
	}
}

// ReadRemotes reads the types of the remotes from the rclone configuration.
func (s *Site) ReadRemotes() error {
	remotes, err := config.LoadRemotes(s.Config.Rclone)
	s.Remotes = remotes
	return err
}

// Rate returns a pool's configured requests per second; 0 where there is no known ceiling.
func (s *Site) Rate(pool string) float64 { return s.Config.Pools[pool].RequestsPerSecond }
