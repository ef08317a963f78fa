package catalog

import (
	_ "time/tzdata" // a container has no time zones of its own, and the verdict on one must not depend on the machine

	"metronome/internal/calendar"
	"metronome/internal/config"
	"metronome/internal/entity"
)

// Catalog is the checked content of catalog/entities.jsonl.
type Catalog struct {
	Entities []entity.Entity // in the file's order
}

// Active gives the entities that take part in runs, in the file's order.
func (c Catalog) Active() []entity.Entity {
	active := make([]entity.Entity, 0, len(c.Entities))
	for _, e := range c.Entities {
		if e.State == entity.Active {
			active = append(active, e)
		}
	}
	return active
}

// Known is what a catalog may refer to.
type Known struct {
	Pools     map[string]config.Pool
	Templates []string          // names of template sets
	Calendars []string          // names of calendars and country codes
	Remotes   map[string]string // rclone's type of each remote; nil where the rclone configuration was not read
}

// KnownFrom gathers what a configuration, the template sets in the ledger and the rclone configuration make known.
func KnownFrom(c config.Config, templates []string, remotes map[string]string) Known {
	known := Known{Pools: c.Pools, Templates: templates, Remotes: remotes, Calendars: calendar.Countries()}
	for name := range c.Calendars {
		known.Calendars = append(known.Calendars, name)
	}
	return known
}
