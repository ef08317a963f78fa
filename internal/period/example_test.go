package period_test

import (
	"fmt"
	"time"

	"metronome/internal/period"
)

// A calendar of months whose fiscal years end in June.
func ExampleCalendar() {
	periods := period.MonthlyCalendar(6)
	p, err := period.Parse("2026-12")
	if err != nil {
		panic(err)
	}
	fmt.Println(p, "is number", periods.Number(p), "of fiscal year", periods.FiscalYear(p))
	fmt.Println("It ends a half year:", periods.EndsHalf(p), "and a year:", periods.EndsYear(p))
	fmt.Println(periods.Prior(p), "ended on", periods.End(periods.Prior(p)).Format(time.DateOnly))
	// Output:
	// 2026-12 is number 6 of fiscal year 2027
	// It ends a half year: true and a year: false
	// 2026-11 ended on 2026-11-30
}
