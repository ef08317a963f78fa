package calendar_test

import (
	"fmt"
	"time"

	"metronome/internal/calendar"
	"metronome/internal/entity"
	"metronome/internal/period"
)

// The due dates of a December close in the United States, by rule. New Year's Day is a holiday, 2 and 3 January a weekend.
func ExampleCalendar_Due() {
	working, err := calendar.New(calendar.Spec{Country: "US"})
	if err != nil {
		panic(err)
	}
	for _, text := range []string{"BD-1", "EOM", "BD1", "BD3", "D15"} {
		rule, err := calendar.ParseRule(text)
		if err != nil {
			panic(err)
		}
		due := working.Due(rule, period.New(2026, time.December), period.MonthlyCalendar(12), entity.StandardClose)
		fmt.Println(text, due.Format("Mon 2006-01-02"))
	}
	// Output:
	// BD-1 Thu 2026-12-31
	// EOM Thu 2026-12-31
	// BD1 Mon 2027-01-04
	// BD3 Wed 2027-01-06
	// D15 Fri 2027-01-15
}

// A day begins in Tokyo before it begins in New York.
func ExampleStartOfDay() {
	day := time.Date(2027, time.January, 6, 0, 0, 0, 0, time.UTC)
	for _, name := range []string{"Asia/Tokyo", "America/New_York"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			panic(err)
		}
		fmt.Println(name, calendar.StartOfDay(day, zone).Format(time.RFC3339))
	}
	// Output:
	// Asia/Tokyo 2027-01-05T15:00:00Z
	// America/New_York 2027-01-06T05:00:00Z
}
