package calendar

import (
	"slices"
	"sync"
	"time"

	"github.com/rickar/cal/v2"

	"metronome/internal/failure"
)

// Spec describes a calendar. The days of Holidays and Workdays are read as their calendar date, whatever their clock.
type Spec struct {
	Country  string         // one of HolidayCodes; "" for weekends only
	Holidays []time.Time    // days off beside the country's
	Workdays []time.Time    // days worked although the country or the weekend says otherwise
	Weekend  []time.Weekday // empty: Saturday and Sunday
}

// Calendar knows which days people work. It is safe for concurrent use.
type Calendar struct {
	public  []*cal.Holiday
	own     map[day]bool // true: a workday, false: a holiday
	weekend [7]bool
	years   sync.Map // int to map[day]bool: the country's holidays of a year
}

// day is a calendar date without a clock or a zone.
type day struct {
	year  int
	month time.Month
	day   int
}

func dayOf(at time.Time) day {
	year, month, date := at.Date()
	return day{year, month, date}
}

// New returns a calendar, or fails with a Config error that names what is wrong with the specification.
func New(spec Spec) (*Calendar, error) {
	public, known := holidaysByCode[spec.Country]
	if !known && spec.Country != "" {
		return nil, failure.New(failure.Config, "country", spec.Country,
			"use an ISO 3166 code such as US, GB, DE or AU-NSW, or leave it out for weekends only", "unknown country")
	}
	c := &Calendar{public: public, own: map[day]bool{}}
	for _, weekday := range weekendOf(spec) {
		c.weekend[weekday] = true
	}
	if !slices.Contains(c.weekend[:], false) {
		return nil, failure.New(failure.Config, "weekend", "", "leave at least one day to work", "every day is weekend")
	}
	for _, at := range spec.Holidays {
		c.own[dayOf(at)] = false
	}
	for _, at := range spec.Workdays {
		if _, taken := c.own[dayOf(at)]; taken {
			return nil, failure.New(failure.Config, "workdays", at.Format(time.DateOnly), "keep one of them",
				"the day is a holiday and a workday")
		}
		c.own[dayOf(at)] = true
	}
	return c, nil
}

func weekendOf(spec Spec) []time.Weekday {
	if len(spec.Weekend) == 0 {
		return []time.Weekday{time.Saturday, time.Sunday}
	}
	return spec.Weekend
}

// IsWorkday reports whether people work on a day. A holiday that the country moves to another day counts on the day on which
// it is observed.
func (c *Calendar) IsWorkday(at time.Time) bool {
	if works, own := c.own[dayOf(at)]; own {
		return works
	}
	return !c.weekend[at.Weekday()] && !c.publicHolidays(at.Year())[dayOf(at)]
}

// publicHolidays returns the country's holidays observed in a year, computed once. The neighbouring years count too, because a
// New Year's Day on a Saturday is observed on 31 December in some countries.
func (c *Calendar) publicHolidays(year int) map[day]bool {
	if known, ok := c.years.Load(year); ok {
		return known.(map[day]bool)
	}
	observed := map[day]bool{}
	for _, holiday := range c.public {
		for _, of := range []int{year - 1, year, year + 1} {
			if _, at := holiday.Calc(of); !at.IsZero() && at.Year() == year {
				observed[dayOf(at)] = true
			}
		}
	}
	c.years.Store(year, observed)
	return observed
}
