package calendar_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/calendar"
	"metronome/internal/entity"
	"metronome/internal/failure"
	"metronome/internal/period"
)

func TestDue(t *testing.T) {
	t.Parallel()
	tests := []struct {
		country, rule, period string
		close                 entity.CloseConvention
		want                  string
	}{
		// The check values of the roll-forward rules.
		{"US", "BD1", "2025-12", "", "2026-01-02"},
		{"US", "BD3", "2025-12", "", "2026-01-06"},
		{"US", "BD1", "2026-06", "", "2026-07-01"},
		{"US", "BD3", "2026-06", "", "2026-07-06"}, // 3 July is the observed holiday
		{"US", "BD-1", "2026-05", "", "2026-05-29"},
		{"US", "BD5", "2026-08", "", "2026-09-08"}, // Labor Day

		{"US", "BD1", "2021-12", "", "2022-01-03"},
		{"US", "BD-1", "2021-12", "", "2021-12-30"}, // New Year's Day 2022 is observed on 31 December
		{"US", "BD3", "2026-12", "", "2027-01-06"},
		{"US", "D15", "2026-12", "", "2027-01-15"},
		{"US", "D3", "2026-12", "", "2027-01-03"}, // a Sunday: calendar days are never adjusted
		{"US", "EOM", "2028-02", "", "2028-02-29"},
		{"US", "D1", "2028-02", "", "2028-03-01"},
		{"US", "BD-3", "2026-11", "", "2026-11-25"}, // Thanksgiving is the 26th
		{"US", "BD22", "2026-11", "", "2026-12-31"},
		{"US", "BD-90", "2026-11", "", "2026-11-02"}, // never before the period

		{"GB", "BD1", "2026-12", "", "2027-01-04"},
		{"GB", "BD2", "2021-12", "", "2022-01-05"}, // New Year's Day is observed on Monday the 3rd
		{"GB", "BD-1", "2022-12", "", "2022-12-30"},
		{"GB", "BD-3", "2022-12", "", "2022-12-28"}, // Boxing Day gives way to Christmas, observed on the 26th
		{"GB", "BD-4", "2022-12", "", "2022-12-23"},
		{"DE", "BD-1", "2026-10", "", "2026-10-30"},
		{"DE", "BD1", "2026-12", "", "2027-01-04"},
		{"DE-BY", "BD3", "2026-12", "", "2027-01-07"}, // Heilige Drei Könige
		{"DE", "BD3", "2026-12", "", "2027-01-06"},
		{"CA", "BD1", "2026-06", "", "2026-07-02"}, // Canada Day
		{"FR", "BD1", "2026-04", "", "2026-05-04"}, // Fête du travail on a Friday
		{"AU", "BD-3", "2027-01", "", "2027-01-27"},
		{"AU-VIC", "BD2", "2026-10", "", "2026-11-04"}, // Melbourne Cup
		{"AU-NSW", "BD2", "2026-10", "", "2026-11-03"},
		{"JP", "BD1", "2026-12", "", "2027-01-04"},
		{"ECB", "BD1", "2026-03", "", "2026-04-01"},
		{"ECB", "BD3", "2026-03", "", "2026-04-07"}, // Good Friday and Easter Monday
		{"", "BD1", "2026-12", "", "2027-01-01"},

		// Holidays that laws of recent years brought, moved or took away.
		{"NZ", "BD8", "2026-06", "", "2026-07-13"},  // Matariki is 10 July (Te Kāhui o Matariki Public Holiday Act 2022)
		{"RO", "BD2", "2025-12", "", "2026-01-08"},  // 6 and 7 January since 2024 (Law 52/2023)
		{"PL", "BD18", "2025-11", "", "2025-12-29"}, // 24 December since 2025
		{"PL", "BD18", "2026-11", "", "2026-12-28"},
		{"BR", "BD14", "2026-10", "", "2026-11-23"}, // 20 November since 2024 (Lei 14.759/2023)
		{"SK", "BD1", "2026-08", "", "2026-09-01"},  // 1 September no more since 2024

		{"US", "BD3", "2026-12", entity.StandardClose, "2027-01-06"},
		{"US", "BD3", "2026-12", entity.NonClose, "2026-12-03"},
		{"US", "BD1", "2027-01", entity.NonClose, "2027-01-04"},
		{"US", "BD-1", "2026-12", entity.NonClose, "2026-12-31"},
		{"US", "D15", "2026-12", entity.NonClose, "2026-12-15"},
		{"US", "D31", "2027-02", entity.NonClose, "2027-02-28"},
		{"US", "BD30", "2027-02", entity.NonClose, "2027-02-26"}, // the last working day: inside the month
		{"US", "EOM", "2027-02", entity.NonClose, "2027-02-28"},
	}
	for _, test := range tests {
		name := test.country + " " + test.rule + " of " + test.period + " " + string(test.close)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := makeCalendar(t, calendar.Spec{Country: test.country}).
				Due(rule(t, test.rule), month(t, test.period), period.MonthlyCalendar(12), test.close)
			require.Equal(t, test.want, got.Format(time.DateOnly))
			require.Equal(t, time.UTC, got.Location())
			require.True(t, got.Equal(got.Truncate(24*time.Hour)), "not midnight: %s", got)
		})
	}
}

func TestOwnDays(t *testing.T) {
	t.Parallel()
	own := makeCalendar(t, calendar.Spec{
		Country:  "US",
		Holidays: []time.Time{date(2026, 12, 31), date(2027, 1, 4).Add(13 * time.Hour)},
		Workdays: []time.Time{date(2027, 1, 1), date(2027, 1, 2)},
	})
	due := func(text string) string {
		return own.Due(rule(t, text), month(t, "2026-12"), period.MonthlyCalendar(12), entity.StandardClose).Format(time.DateOnly)
	}
	require.Equal(t, "2026-12-30", due("BD-1"))
	require.Equal(t, "2027-01-01", due("BD1"), "a public holiday that is worked")
	require.Equal(t, "2027-01-02", due("BD2"), "a Saturday that is worked")
	require.Equal(t, "2027-01-05", due("BD3"), "a day off of one's own")
}

func TestWeekend(t *testing.T) {
	t.Parallel()
	sunday := makeCalendar(t, calendar.Spec{Weekend: []time.Weekday{time.Friday, time.Saturday}})
	require.Equal(t, date(2026, 11, 1), sunday.Due(rule(t, "BD1"), month(t, "2026-10"), period.MonthlyCalendar(12), ""), "Sunday is worked")
	require.Equal(t, date(2026, 11, 8), sunday.Due(rule(t, "BD6"), month(t, "2026-10"), period.MonthlyCalendar(12), ""))
}

func TestEveryDayOff(t *testing.T) {
	t.Parallel()
	var holidays []time.Time
	for at := date(2026, 11, 1); at.Month() == 11; at = at.AddDate(0, 0, 1) {
		holidays = append(holidays, at)
	}
	shut := makeCalendar(t, calendar.Spec{Holidays: holidays})
	require.Equal(t, date(2026, 12, 1), shut.Due(rule(t, "BD1"), month(t, "2026-10"), period.MonthlyCalendar(12), ""))
	require.Equal(t, date(2026, 11, 30), shut.Due(rule(t, "BD-1"), month(t, "2026-11"), period.MonthlyCalendar(12), ""))
	require.Equal(t, date(2026, 11, 1), shut.Due(rule(t, "BD1"), month(t, "2026-11"), period.MonthlyCalendar(12), entity.NonClose))
}

func TestMidnight(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ zone, day, want string }{
		{"UTC", "2027-01-05", "2027-01-05T00:00:00Z"},
		{"America/Los_Angeles", "2027-01-05", "2027-01-05T08:00:00Z"},
		{"Pacific/Auckland", "2027-01-05", "2027-01-04T11:00:00Z"},
		{"Asia/Kathmandu", "2027-01-05", "2027-01-04T18:15:00Z"},
		{"Europe/Berlin", "2027-03-28", "2027-03-27T23:00:00Z"},     // the clock changes later that day
		{"America/Santiago", "2026-09-06", "2026-09-06T04:00:00Z"},  // from 0:00 to 1:00
		{"America/Havana", "2026-11-01", "2026-11-01T04:00:00Z"},    // from 1:00 back to 0:00
		{"America/Sao_Paulo", "2018-02-18", "2018-02-18T03:00:00Z"}, // from 0:00 back to 23:00
		{"Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z"},      // a day that was left out
	} {
		zone, err := time.LoadLocation(test.zone)
		require.NoError(t, err)
		day, err := time.Parse(time.DateOnly, test.day)
		require.NoError(t, err)
		require.Equal(t, test.want, calendar.StartOfDay(day, zone).Format(time.RFC3339), "%s in %s", test.day, test.zone)
	}
}

func TestNewErrors(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		spec calendar.Spec
		want string
	}{
		"unknown country": {calendar.Spec{Country: "XX"}, `country "XX": unknown country`},
		"lower case":      {calendar.Spec{Country: "us"}, `country "us": unknown country`},
		"no day to work": {
			calendar.Spec{Weekend: []time.Weekday{0, 1, 2, 3, 4, 5, 6}}, "weekend: every day is weekend",
		},
		"holiday and workday": {
			calendar.Spec{Holidays: []time.Time{date(2026, 1, 2)}, Workdays: []time.Time{date(2026, 1, 2)}},
			`workdays "2026-01-02": the day is a holiday and a workday`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := calendar.New(test.spec)
			require.EqualError(t, err, test.want)
			require.Equal(t, failure.Config, failure.ClassOf(err))
		})
	}
}

func TestCountries(t *testing.T) {
	t.Parallel()
	countries := calendar.HolidayCodes()
	require.IsIncreasing(t, countries)
	require.Subset(t, countries, []string{"US", "GB", "DE", "CA", "AU", "FR", "JP", "CH-ZH", "DE-BY", "AU-NSW"})
	for _, country := range countries {
		c := makeCalendar(t, calendar.Spec{Country: country})
		off := 0
		for at := date(2026, 1, 1); at.Year() == 2026; at = at.AddDate(0, 0, 1) {
			if weekday := at.Weekday(); weekday != time.Saturday && weekday != time.Sunday && !c.IsWorkday(at) {
				off++
			}
		}
		require.True(t, off >= 3 && off <= 22, "%s has %d holidays on weekdays of 2026", country, off)
	}
}

func makeCalendar(t *testing.T, spec calendar.Spec) *calendar.Calendar {
	t.Helper()
	c, err := calendar.New(spec)
	require.NoError(t, err)
	return c
}

func rule(t *testing.T, text string) calendar.Rule {
	t.Helper()
	r, err := calendar.ParseRule(text)
	require.NoError(t, err)
	return r
}

func month(t *testing.T, text string) period.Period {
	t.Helper()
	p, err := period.Parse(text)
	require.NoError(t, err)
	return p
}

func date(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}
