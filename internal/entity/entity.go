// Package entity defines the entity: one company whose period is replicated.
package entity

import (
	"fmt"
	"regexp"
	"time"
	_ "time/tzdata" // a container has no time zones of its own, and what one means must not depend on the machine

	"metronome/internal/period"
)

// ID names an entity. It is part of ledger keys: 1 to 100 of a-z, 0-9, '-', '_', '.', beginning with a letter or digit.
type ID string

var idPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,99}$`)

// ParseID returns the id that a text is, or an error where it cannot be one.
func ParseID(text string) (ID, error) {
	if !idPattern.MatchString(text) {
		return "", fmt.Errorf("parse entity id %q: expected 1 to 100 of a-z, 0-9, '-', '_', '.', beginning with a letter or digit", text)
	}
	return ID(text), nil
}

// State says whether an entity takes part in runs.
type State string

// The states of an entity.
const (
	Active   State = "active"
	Inactive State = "inactive" // left out of every run, kept in the catalog
)

// CloseConvention says which convention an entity's working days follow.
type CloseConvention string

// The conventions: BD3 of a standard close is the third working day after the period's end; of a non-close entity the
// third working day of the period itself.
const (
	StandardClose CloseConvention = "standard"
	NonClose      CloseConvention = "non-close"
)

// Entity is one line of catalog/entities.jsonl.
type Entity struct {
	ID            ID              `json:"id"`
	Name          string          `json:"name"`
	Pool          string          `json:"pool"`            // key of a pool in metronome.yaml
	Account       string          `json:"account"`         // the credential or tenant at the provider; within its pool
	Remote        string          `json:"remote"`          // rclone remote and path: "box-acme:Close/Acme US"
	Templates     string          `json:"templates"`       // catalog/templates/<templates>.yaml
	Calendar      string          `json:"calendar"`        // key of a calendar in metronome.yaml, or a country code
	Timezone      string          `json:"timezone"`        // IANA name
	FiscalYearEnd int             `json:"fiscalYearEnd"`   // month, 1 to 12
	Close         CloseConvention `json:"close,omitempty"` // empty: standard
	State         State           `json:"state"`
}

// PeriodCalendar returns the calendar that the entity's periods follow.
func (e Entity) PeriodCalendar() period.Calendar { return period.MonthlyCalendar(e.FiscalYearEnd) }

// Location returns the entity's time zone; the catalog has checked that it loads.
func (e Entity) Location() (*time.Location, error) {
	location, err := time.LoadLocation(e.Timezone)
	if err != nil {
		return nil, fmt.Errorf("load timezone %q of entity %s: %w", e.Timezone, e.ID, err)
	}
	return location, nil
}
