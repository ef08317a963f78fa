// Package rollforward makes a period's content of the prior period's: folders, checklist, reconciliations and document rules.
// It is pure: it takes and returns the documents of package content.
//
// The base is the prior period's document. Where there is none, the template set is, and where the set has something that
// the base has not seen yet, it is added. What the customer deleted stays deleted, what the customer added is carried.
//
// # How names roll
//
// A name is rolled by replacing what denotes the base's period, the "from" period, by the new one, the "to" period, in the
// same style: November/NOVEMBER/Nov, 01/1, FY2026/FY26. Everything else stays, character by character. With 2026-11 rolled
// to 2026-12, a fiscal year that ends in June, and / between folders:
//
//   - A year counts as a whole word of four digits: "2026 budget", "Bank-2026". Not "Model 2026A", not "20261", not "$2026",
//     not after a word that numbers things ("Room 2026", "Invoice 2026", "No. 2026"), not an account number at the start of
//     a name ("2026 Accrued expenses", see content.NameStyle). A bare year is the calendar year, or the fiscal year where
//     only that matches; FY2027, FY27, FYE 2027 are the fiscal year; 2026-27 is the fiscal year that begins in 2026.
//   - A month's name counts as a whole word, full or short: "November", "NOV", "Nov 2026", "Nov-26", "Nov'26". In lower case
//     it must not be followed by a space and another word, because "may" and "march" are words. A range of months ("Oct-Nov
//     2026") denotes several and stays.
//   - A month's number counts beside a year or a month's name only: "2026-11", "2026.11", "2026_11", "202611", "11-2026",
//     "11 November", "FY27 P05"; or as a whole folder directly below one that denotes the year: "2026/11". "Invoice 11"
//     stays, and so does "11 Fixed Assets". Before a month's name it may be the fiscal month ("FY2027/05 November"); a period's
//     number beside a bare year ("Period 11 2026", "2026 P11") is the fiscal one.
//   - A quarter ("Q4", "Q4 2026", "2026-Q4", "4Q26", "FY27 Q2") is calendar or fiscal by which matches, with a year beside it
//     as a pair; fiscal first below or beside a fiscal year, calendar first elsewhere.
//   - A date of a day denotes that day and stays, year and all ("2026-11-15", "15 November 2026", "20261101"), unless it is
//     the last day of the from period: then it becomes the last day of the to period ("2026-11-30", "30th November 2026",
//     "11-30-2026", "30.11.26", "9-30-26", "20261130"). Beside such a date in the same name the first day of the from period rolls
//     too: "2026-11-01 to 2026-11-30". "11 November 2026" is read as month 11, as period folders are named.
//   - What belongs to another month, quarter or year denotes that and stays: "October 2026", "Q3 2026", "Nov 2025", and
//     everything below "2025/" whose own name has no year.
//
// What cannot be told apart by reading is decided by the style remembered in content.NameStyle. Two things are rolled that a
// person might not: a person's name that is the month ("Jan Smith" in January), and a bare number that happens to be the year.
package rollforward
