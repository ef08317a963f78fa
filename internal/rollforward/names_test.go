package rollforward_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/internal/period"
	"metronome/internal/rollforward"
)

// rollName rolls a path in the default style.
func rollName(path string, from, to period.Period, periods period.Calendar) string {
	return rollforward.NameRoller{From: from, To: to, Periods: periods}.Roll(path)
}

func TestRollName(t *testing.T) {
	t.Parallel()
	groups := []struct {
		name, from, to string
		fiscalYearEnd  int
		names          map[string]string // "" stays
	}{
		{"months", "2026-11", "2026-12", 12, map[string]string{
			"2026/11 November":                 "2026/12 December",
			"2026/11 November/11 Fixed Assets": "2026/12 December/11 Fixed Assets",
			"2026/11":                          "2026/12",
			"2026/11/11":                       "2026/12/11",
			"2026/Notes/11":                    "",
			"2026/11/2026":                     "2026/12/2026",
			"Close 2026/11/Bank":               "Close 2026/12/Bank",
			"11/2026":                          "",
			"11":                               "",
			"2026-11":                          "2026-12",
			"2026.11":                          "2026.12",
			"2026_11 Close":                    "2026_12 Close",
			"202611":                           "202612",
			"Close 202611.xlsx":                "Close 202612.xlsx",
			"11-2026":                          "12-2026",
			"11.2026":                          "12.2026",
			"11 2026":                          "12 2026",
			"2026 11 Bank":                     "2026 12 Bank",
			"2026 - 11":                        "2026 - 12",
			"2026-11 November":                 "2026-12 December",
			"11-2026 Nov":                      "12-2026 Dec",
			"11 - November 2026":               "12 - December 2026",
			"11. November 2026":                "12. December 2026",
			"2026 - 11 November":               "2026 - 12 December",
			"November":                         "December",
			"NOVEMBER 2026":                    "DECEMBER 2026",
			"nov":                              "dec",
			"Nov 2026":                         "Dec 2026",
			"Nov2026":                          "Dec2026",
			"Nov-26":                           "Dec-26",
			"Nov'26":                           "Dec'26",
			"Nov ’26":                          "Dec ’26",
			"Nov 26 Bank.xlsx":                 "Dec 26 Bank.xlsx",
			"Nov (2026)":                       "Dec (2026)",
			"Bank Nov.xlsx":                    "Bank Dec.xlsx",
			"Bank_Nov_2026.xlsx":               "Bank_Dec_2026.xlsx",
			"Bank rec November (2).xlsx":       "Bank rec December (2).xlsx",
			"2026.Nov":                         "2026.Dec",
			"Statement.nov":                    "",
			"bank rec nov.xlsx":                "bank rec dec.xlsx",
			"nov bank rec.xlsx":                "",
			"nov_bank_rec.xlsx":                "dec_bank_rec.xlsx",
			"Nov vs Oct":                       "Dec vs Oct",
			"Nov 2026 vs Nov 2025":             "Dec 2026 vs Nov 2025",
			"2026_11_1000 Cash.xlsx":           "2026_12_1000 Cash.xlsx",
			"Ende 2026-11 – Übersicht – November.md": "Ende 2026-12 – Übersicht – December.md",
		}},
		{"what is no month", "2026-11", "2026-12", 12, map[string]string{
			"Invoice 11": "", "Invoice 11.pdf": "", "11 Fixed Assets": "", "Box 11 2026": "", "1011": "", "11th hour": "",
			"Novel": "", "Novembre": "", "NoV": "", "A202611": "", "2026110": "", "2026 11 months": "", "Nov-Dec 2026": "",
			"Oct - Nov 2026": "", "October 2026": "", "2025-11": "", "2025/11 November": "", "November 2025": "", "Nov-25": "",
			"2025/11": "", "v2026-11": "", "2026-11b": "", "BankNov.xlsx": "", "Model 2026A/11": "", "Room 2026/11": "",
			"": "", "/": "", "2026": "", "2026/10 October": "", "10.11.2026.1": "", "November\u0301": "",
		}},
		{"days", "2026-11", "2026-12", 12, map[string]string{
			"30 November 2026":                      "31 December 2026",
			"2026-11-30":                            "2026-12-31",
			"2026/11/2026-11-30 Bank.pdf":           "2026/12/2026-12-31 Bank.pdf",
			"30.11.2026":                            "31.12.2026",
			"30.11.26":                              "31.12.26",
			"11-30-2026":                            "12-31-2026",
			"11.30.26":                              "12.31.26",
			"26-11-30":                              "26-12-31",
			"20261130":                              "20261231",
			"30112026":                              "31122026",
			"11302026":                              "12312026",
			"30-Nov-2026":                           "31-Dec-2026",
			"30-Nov-26":                             "31-Dec-26",
			"30Nov2026":                             "31Dec2026",
			"30th November 2026":                    "31st December 2026",
			"November 30th, 2026":                   "December 31st, 2026",
			"November 30, 2026":                     "December 31, 2026",
			"Nov 30 statement":                      "Dec 31 statement",
			"1-30 November 2026":                    "1-31 December 2026",
			"2026-11-01 to 2026-11-30":              "2026-12-01 to 2026-12-31",
			"1 Nov 2026 - 30 Nov 2026":              "1 Dec 2026 - 31 Dec 2026",
			"2026-11-15":                            "",
			"2026-11-01":                            "",
			"20261101":                              "",
			"20261115":                              "",
			"15 November 2026":                      "",
			"15 November":                           "",
			"November 15, 2026":                     "",
			"Nov 15":                                "",
			"1st November":                          "",
			"3-Nov-26":                              "",
			"2025-11-30":                            "",
			"30 November 2025":                      "",
			"2025/30 November":                      "",
			"2026/11 November/15 November call.txt": "2026/12 December/15 November call.txt",
			"11 November 2026":                      "12 December 2026",
			"11-12-2026":                            "",
			"10-11-12":                              "",
		}},
		{"days with single digits", "2026-09", "2026-10", 12, map[string]string{
			"Rec 9-30-26.xlsx":         "Rec 10-31-26.xlsx",
			"9.30.26":                  "10.31.26",
			"9_30_26 bank.pdf":         "10_31_26 bank.pdf",
			"30.9.26":                  "31.10.26",
			"Month End 9-30-26":        "Month End 10-31-26",
			"26-9-30":                  "26-10-31",
			"9-1-26 to 9-30-26":        "10-1-26 to 10-31-26",
			"1.9.26 - 30.9.26":         "1.10.26 - 31.10.26",
			"2026/9 September/9-30-26": "2026/10 October/10-31-26",
			"9-29-26":                  "",
			"9-1-26":                   "",
			"9-30-25":                  "",
			"8-30-26":                  "",
			"9-30":                     "",
			"9-30-2":                   "",
			"9.30.26.1":                "",
			"v9.30.26":                 "",
			"Version 9.30.26":          "",
		}},
		{"days that get a single digit", "2027-01", "2027-02", 12, map[string]string{
			"1-31-27": "2-28-27", "31.1.27": "28.2.27", "01-31-27": "02-28-27",
		}},
		{"period numbers with a year", "2026-11", "2026-12", 12, map[string]string{
			"Period 11 2026": "Period 12 2026", "2026 P11": "2026 P12", "P11 2026 TB.xlsx": "P12 2026 TB.xlsx", "2026-P11": "2026-P12",
			"Period 10 2026": "", "Period 11 2025": "", "Period 11": "", "P11 Invoice 2026": "",
		}},
		{"period numbers count by the fiscal year", "2026-11", "2026-12", 6, map[string]string{
			"Period 05 2027": "Period 06 2027", "2027 P05": "2027 P06", "Period 11 2026": "", "Period 05 2026": "",
		}},
		{"period numbers at the fiscal year's end", "2027-06", "2027-07", 6, map[string]string{
			"Period 12 2027": "Period 01 2028", "2027/P12": "2027/P01",
		}},
		{"year end", "2026-12", "2027-01", 12, map[string]string{
			"2026/12 December":                  "2027/01 January",
			"2026/12":                           "2027/01",
			"2026-12":                           "2027-01",
			"202612":                            "202701",
			"Dec-26":                            "Jan-27",
			"31 December 2026":                  "31 January 2027",
			"2026 budget":                       "2027 budget",
			"Budget 2026":                       "Budget 2027",
			"Bank-2026.xlsx":                    "Bank-2027.xlsx",
			"FY2026":                            "FY2027",
			"FY 26":                             "FY 27",
			"FYE2026":                           "FYE2027",
			"CY2026":                            "CY2027",
			"Q4 2026":                           "Q1 2027",
			"2026-Q4":                           "2027-Q1",
			"2026 Q4/12 December":               "2027 Q1/01 January",
			"4Q26":                              "1Q27",
			"Q4'26":                             "Q1'27",
			"2025 vs 2026":                      "2025 vs 2027",
			"2026/12 December/Prior year 2025":  "2027/01 January/Prior year 2025",
			"2026/12 December/Nov 2026 TB.xlsx": "2027/01 January/Nov 2026 TB.xlsx",
			"2026/October notes":                "2027/October notes",
			"Model 2026A":                       "",
			"Room 2026":                         "",
			"Invoice 2026":                      "",
			"Invoice #2026":                     "",
			"Invoice-2026-12.pdf":               "Invoice-2027-01.pdf",
			"No. 2026":                          "",
			"$2026":                             "",
			"20261":                             "",
			"Lease 2026-2031":                   "",
			"2025-2026":                         "",
			"2026-27":                           "",
			"October 2026":                      "",
			"Q3 2026":                           "",
			"2026-10":                           "",
			"2026-07-15":                        "",
			"2026 12 month forecast":            "2027 12 month forecast",
			"Dr. Dec":                           "Dr. Jan",
		}},
		{"leap day", "2028-02", "2028-03", 12, map[string]string{
			"2028-02-29": "2028-03-31", "28 February 2028": "", "29 Feb 2028": "31 Mar 2028", "2028/02 Feb": "2028/03 Mar",
		}},
		{"into a leap day", "2028-01", "2028-02", 12, map[string]string{"31 January 2028": "29 February 2028"}},
		{"a short February", "2027-01", "2027-02", 12, map[string]string{"31.01.2027": "28.02.2027"}},
		{"one digit", "2026-08", "2026-09", 12, map[string]string{
			"2026/8": "2026/9", "2026-8": "2026-9", "8 August": "9 September", "08 August": "09 September", "8/2026": "",
		}},
		{"two digits again", "2026-09", "2026-10", 12, map[string]string{
			"2026/9": "2026/10", "09 Sep": "10 Oct", "09 Sept": "10 Oct",
		}},
		{"May", "2026-05", "2026-06", 12, map[string]string{
			"05 May": "06 June", "MAY 2026": "JUNE 2026", "what we may need": "", "may_2026": "june_2026",
		}},
		{"quarters", "2026-09", "2026-10", 12, map[string]string{
			"Q3": "Q4", "Q3 2026": "Q4 2026", "2026/Q3/09 September": "2026/Q4/10 October", "2025/Q3": "", "Q3-25": "", "Q2": "",
			"q3 notes": "q4 notes", "SQ3": "", "Q3a": "", "Q33": "", "2026Q3": "2026Q4", "3Q": "4Q", "Q3&A": "Q4&A", "Q3 v2": "Q4 v2",
		}},
		{"fiscal year ending in June", "2026-11", "2026-12", 6, map[string]string{
			"FY2027/11 November": "FY2027/12 December", "FY27 Q2": "", "FY2026/11 November": "", "2027/11 November": "2027/12 December",
			"FY27-05": "FY27-06", "FY2027/P05 November": "FY2027/P06 December", "FY27 P05": "FY27 P06", "P05": "", "FY2027/05": "FY2027/06",
			"FY2027/05 November": "FY2027/06 December", "05 November": "06 December", "05 November call": "", "2026/05": "",
			"FY2027/11": "FY2027/12", "2026-11": "2026-12", "2027-05": "", "November 2027": "", "Period 05 FY27": "Period 06 FY27",
		}},
		{"fiscal quarter end", "2026-12", "2027-01", 6, map[string]string{
			"FY27 Q2": "FY27 Q3", "FY2027/Q2": "FY2027/Q3", "2026 Q4": "2027 Q1", "2027 Q2": "2027 Q3", "Q4 2026": "Q1 2027",
			"Q2 2026": "", "FY27 Q4": "", "Q2": "Q3", "Q4": "Q1", "2026/Q4": "2027/Q1", "Q2 FY2027": "Q3 FY2027", "FY26Q2": "",
			"FY27Q2": "FY27Q3", "2026-27/Q2": "2026-27/Q3", "2027 budget": "2027 budget", "2026 budget": "2027 budget",
		}},
		{"fiscal year end", "2027-06", "2027-07", 6, map[string]string{
			"FY2027/06 June":    "FY2028/07 July",
			"FY27 Q4":           "FY28 Q1",
			"FY2027-P12":        "FY2028-P01",
			"FY2026-27":         "FY2027-28",
			"FY26-27":           "FY27-28",
			"2026-27/June":      "2027-28/July",
			"2026-2027":         "2027-2028",
			"2027/06 June":      "2027/07 July",
			"June FY27":         "July FY28",
			"30 June 2027":      "31 July 2027",
			"FY2027/12 June":    "FY2028/01 July",
			"FY28 budget":       "",
			"FY2027 report.pdf": "FY2028 report.pdf",
		}},
		{"fiscal year ending in September", "2026-09", "2026-10", 9, map[string]string{
			"FY2026 Q4": "FY2027 Q1", "Q3 2026": "Q4 2026", "Q4 2026": "Q1 2027", "FY2026/09 September": "FY2027/10 October",
		}},
		{"several months at once", "2026-11", "2027-02", 12, map[string]string{
			"2026/11 November": "2027/02 February", "2026 Q4": "2027 Q1", "30.11.2026": "28.02.2027",
		}},
	}
	for _, group := range groups {
		t.Run(group.name, func(t *testing.T) {
			t.Parallel()
			for name, want := range group.names {
				if want == "" {
					want = name
				}
				got := rollName(name, month(t, group.from), month(t, group.to), period.MonthlyCalendar(group.fiscalYearEnd))
				require.Equal(t, want, got, "%q from %s to %s", name, group.from, group.to)
			}
		})
	}
}

func month(t require.TestingT, text string) period.Period {
	p, err := period.Parse(text)
	require.NoError(t, err)
	return p
}

func BenchmarkRollName(b *testing.B) {
	from, to := period.New(2026, 12), period.New(2027, 1)
	for b.Loop() {
		rollName("2026/12 December/Reconciliations/1000 Cash 2026-12.xlsx", from, to, period.MonthlyCalendar(12))
	}
}
