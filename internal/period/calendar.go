package period

import (
	"cmp"
	"fmt"
	"time"
)

// Calendar divides time into periods, and periods into fiscal years. Every rule that counts periods, quarters or years asks
// the calendar of its entity. Calendars are comparable; the zero value is MonthlyCalendar(12).
type Calendar struct {
	yearEnd time.Month // the last month of the fiscal year; 0: December
}

const monthsOfYear = 12

// MonthlyCalendar returns the calendar of calendar months whose fiscal years end with a month, 1 to 12.
func MonthlyCalendar(fiscalYearEnd int) Calendar {
	return Calendar{yearEnd: time.Month(fiscalYearEnd % monthsOfYear)}
}

// String describes the calendar for messages.
func (c Calendar) String() string {
	return fmt.Sprintf("a fiscal year that ends in month %d", cmp.Or(c.yearEnd, time.December))
}

// Next returns the period after p.
func (c Calendar) Next(p Period) Period { return addMonths(p, 1) }

// Prior returns the period before p.
func (c Calendar) Prior(p Period) Period { return addMonths(p, -1) }

func addMonths(p Period, months int) Period {
	return Of(time.Date(p.year, p.month+time.Month(months), 1, 0, 0, 0, 0, time.UTC))
}

// Start returns the first day of p, at midnight UTC; dates in Metronome are days, written as midnight UTC.
func (c Calendar) Start(p Period) time.Time {
	return time.Date(p.year, p.month, 1, 0, 0, 0, 0, time.UTC)
}

// End returns the last day of p, at midnight UTC.
func (c Calendar) End(p Period) time.Time { return c.Start(c.Next(p)).AddDate(0, 0, -1) }

// FiscalYear returns the calendar year in which the fiscal year of p ends.
func (c Calendar) FiscalYear(p Period) int { return addMonths(p, monthsOfYear-c.Number(p)).year }

// Number returns the number of p within its fiscal year, from 1.
func (c Calendar) Number(p Period) int {
	return (int(p.month-c.yearEnd)+monthsOfYear-1)%monthsOfYear + 1
}

// FiscalQuarter returns the quarter of p within its fiscal year, 1 to 4.
func (c Calendar) FiscalQuarter(p Period) int { return (c.Number(p)-1)/3 + 1 }

// EndsQuarter reports whether p is the last period of a fiscal quarter.
func (c Calendar) EndsQuarter(p Period) bool { return c.Number(p)%3 == 0 }

// EndsHalf reports whether p is the last period of a half of its fiscal year.
func (c Calendar) EndsHalf(p Period) bool { return c.Number(p)%6 == 0 }

// EndsYear reports whether p is the last period of its fiscal year.
func (c Calendar) EndsYear(p Period) bool { return c.Number(p) == monthsOfYear }
