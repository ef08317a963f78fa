// Package period defines the period: one accounting month, written 2026-12.
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

// New gives the period of a year and a month (1 to 12).
func New(year int, month time.Month) Period { return Period{year: year, month: month} }

// Parse reads a period written YYYY-MM, from 1900-01 to 9998-12.
func Parse(text string) (Period, error) {
	at, err := time.Parse("2006-01", text)
	if err != nil || len(text) != 7 || at.Year() < 1900 || at.Year() > 9998 {
		return Period{}, fmt.Errorf("parse period %q: want YYYY-MM, like 2026-12", text)
	}
	return Period{year: at.Year(), month: at.Month()}, nil
}

// Of gives the period that a moment lies in, in the moment's own location.
func Of(at time.Time) Period { return Period{year: at.Year(), month: at.Month()} }

// String writes YYYY-MM.
func (p Period) String() string { return fmt.Sprintf("%04d-%02d", p.year, int(p.month)) }

// IsZero tells whether p is no period.
func (p Period) IsZero() bool { return p.month == 0 }

// Year is the calendar year.
func (p Period) Year() int { return p.year }

// Month is the calendar month.
func (p Period) Month() time.Month { return p.month }

// Next is the month after.
func (p Period) Next() Period { return p.add(1) }

// Prior is the month before.
func (p Period) Prior() Period { return p.add(-1) }

func (p Period) add(months int) Period {
	return Of(time.Date(p.year, p.month+time.Month(months), 1, 0, 0, 0, 0, time.UTC))
}

// Start is the first day, at midnight UTC; dates in Metronome are days, written as midnight UTC.
func (p Period) Start() time.Time { return time.Date(p.year, p.month, 1, 0, 0, 0, 0, time.UTC) }

// End is the last day, at midnight UTC.
func (p Period) End() time.Time { return p.Next().Start().AddDate(0, 0, -1) }

// FiscalYear is the year in which the fiscal year ends, given its last month (1 to 12).
func (p Period) FiscalYear(fiscalYearEnd int) int {
	if int(p.month) > fiscalYearEnd {
		return p.year + 1
	}
	return p.year
}

// FiscalMonth is the period's number within its fiscal year, 1 to 12.
func (p Period) FiscalMonth(fiscalYearEnd int) int {
	return (int(p.month)-fiscalYearEnd-1+12)%12 + 1
}

// FiscalQuarter is the period's quarter within its fiscal year, 1 to 4.
func (p Period) FiscalQuarter(fiscalYearEnd int) int { return (p.FiscalMonth(fiscalYearEnd)-1)/3 + 1 }

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
