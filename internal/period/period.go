// Package period defines the period, one accounting month, written 2026-12, and the calendar of periods: when a period begins
// and ends, what is before and after it, and where it lies in its fiscal year.
package period

import (
	"fmt"
	"time"
)

// Period is one accounting month. The zero value is no period.
type Period struct {
	year  int
	month time.Month
}

// New returns the period of a year and a month (1 to 12).
func New(year int, month time.Month) Period { return Period{year: year, month: month} }

// Parse reads a period written YYYY-MM, from 1900-01 to 9998-12.
func Parse(text string) (Period, error) {
	at, err := time.Parse("2006-01", text)
	if err != nil || len(text) != 7 {
		return Period{}, fmt.Errorf("parse period %q: expected YYYY-MM, like 2026-12", text)
	}
	if at.Year() < 1900 || at.Year() > 9998 {
		return Period{}, fmt.Errorf("parse period %q: periods are from 1900-01 to 9998-12", text)
	}
	return Period{year: at.Year(), month: at.Month()}, nil
}

// Of returns the period that a moment lies in, in the moment's own location.
func Of(at time.Time) Period { return Period{year: at.Year(), month: at.Month()} }

// String writes YYYY-MM.
func (p Period) String() string { return fmt.Sprintf("%04d-%02d", p.year, int(p.month)) }

// IsZero reports whether p is no period.
func (p Period) IsZero() bool { return p.month == 0 }

// Year is the calendar year.
func (p Period) Year() int { return p.year }

// Month is the calendar month.
func (p Period) Month() time.Month { return p.month }

// Quarter is the quarter of the calendar year, 1 to 4.
func (p Period) Quarter() int { return (int(p.month) + 2) / 3 }

// MarshalText writes YYYY-MM.
func (p Period) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads YYYY-MM.
func (p *Period) UnmarshalText(text []byte) error {
	parsed, err := Parse(string(text))
	if err != nil {
		return err
	}
	*p = parsed
	return nil
}
