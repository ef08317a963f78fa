package rollforward

import (
	"strings"
	"time"
)

// parseMonthName reads a month's name, full or short, written November, NOVEMBER, november or any of them short.
func parseMonthName(text string) (int, bool) {
	if len(text) < 3 || len(text) > len("September") || caseOf(text) == mixedCase {
		return 0, false
	}
	month, known := monthsByName[strings.ToLower(text)]
	return month, known
}

var monthsByName = func() map[string]int {
	names := map[string]int{"sept": int(time.September)}
	for m := time.January; m <= time.December; m++ {
		name := strings.ToLower(m.String())
		names[name], names[name[:3]] = int(m), int(m)
	}
	return names
}()

// readYearMonthPairs reads a year and a month's number side by side: 2026-11, 11.2026, "2026 11", FY27-05.
func (s *segment) readYearMonthPairs() {
	for i := range s.extensionStart {
		j, between := s.nextChunk(i)
		if !s.hasKind(i, digits) || !s.hasKind(j, digits) || !isDateSeparator(between) && between != " - " {
			continue
		}
		switch {
		case s.chunks[i].year.hasFiscalPrefix:
			s.readFiscalPair(i, j, between)
		case s.isUnreadFourDigitYear(i) && s.isMonthNumber(j) && s.canPair(i, j, between):
			s.applyPair(i, j)
		case s.isUnreadFourDigitYear(j) && s.isMonthNumber(i) && s.canPair(j, i, between):
			s.applyPair(j, i)
		}
	}
}

func (s *segment) isUnreadFourDigitYear(i int) bool {
	return s.chunks[i].year.isYear && !s.chunks[i].consumed && len(s.chunks[i].text) == 4
}

func (s *segment) isMonthNumber(i int) bool {
	n, ok := s.shortNumber(i)
	return ok && n >= 1 && n <= 12
}

// unitWords make a number before them an amount: "2026 12 month forecast".
var unitWords = map[string]bool{
	"month": true, "months": true, "mth": true, "mths": true, "week": true, "weeks": true, "day": true, "days": true,
	"year": true, "years": true,
}

// canPair is stricter where only a space joins year and month: both could be numbers of their own.
func (s *segment) canPair(yearAt, monthAt int, between string) bool {
	if between != " " {
		return true
	}
	if len(s.chunks[monthAt].text) != 2 || s.chunks[yearAt].notAPeriod || s.followsNonPeriodNoun(monthAt) {
		return false
	}
	if monthAt < yearAt {
		return monthAt == 0
	}
	after, _ := s.nextChunk(monthAt)
	return !s.hasKind(after, letters) || !unitWords[strings.ToLower(s.chunks[after].text)]
}

func (s *segment) applyPair(yearAt, monthAt int) {
	match := s.chunks[yearAt].year
	s.chunks[monthAt].year, s.chunks[yearAt].notAPeriod = match, false
	s.markConsumed(yearAt, monthAt)
	if match.matchesCalendar && s.value(monthAt) == s.from.month {
		s.replaceWith(yearAt, year)
		s.replaceWith(monthAt, monthNumber)
		s.denotesMonth = true
	}
}

// readFiscalPair reads the month's number after a fiscal year; it counts from either year's beginning, whichever matches.
func (s *segment) readFiscalPair(yearAt, monthAt int, between string) {
	n, ok := s.shortNumber(monthAt)
	if !ok || len(s.chunks[monthAt].text) != 2 || between == "" || !s.chunks[yearAt].year.matchesFiscal {
		return
	}
	if s.replaceMonthNumber(monthAt, n) {
		s.chunks[monthAt].year = s.chunks[yearAt].year
	}
}

// replaceMonthNumber rolls a number that is the calendar's or the fiscal month.
func (s *segment) replaceMonthNumber(i, n int) bool {
	switch n {
	case s.from.month:
		s.replaceWith(i, monthNumber)
	case s.from.fiscalMonth:
		s.replaceWith(i, fiscalMonth)
	default:
		return false
	}
	s.denotesMonth = true
	return true
}

// readMonths reads months' names with the numbers and years beside them.
func (s *segment) readMonths() {
	for i := range s.extensionStart {
		if s.chunks[i].kind != letters || s.chunks[i].consumed {
			continue
		}
		if month, ok := parseMonthName(s.chunks[i].text); ok {
			s.readMonth(i, month)
		}
	}
}

// neighbors is what belongs to a month's name: its number, day and year. Indexes are -1 where there is none.
type neighbors struct {
	monthNumber  int // the month's number
	day          int
	suffix       int // of the day
	year         int
	match        yearMatch // whether the year is the from period's; that of the folders above where there is none
	twoDigitYear bool      // the year has two digits and nothing before it
}

func (s *segment) readMonth(i, month int) {
	if s.isRangeOfMonths(i) {
		s.skipRange(i)
		return
	}
	near := s.neighborsOf(i, month)
	if s.isPlainWord(i, near) {
		return
	}
	denotes := month == s.from.month && s.yearFits(near)
	s.markConsumed(i, near.monthNumber, near.day, near.suffix, near.year)
	switch {
	case near.day >= 0 && denotes:
		s.applyDay(s.value(near.day), s.monthParts(i, near))
	case near.day < 0 && denotes:
		for _, part := range s.monthParts(i, near)[1:] {
			s.replaceWith(part.at, part.becomes)
		}
		s.denotesMonth = true
	}
}

// monthParts lists how a month's name and what belongs to it roll, the day first.
func (s *segment) monthParts(i int, near neighbors) []replacement {
	parts := []replacement{{near.day, day}, {i, monthName}}
	if near.suffix >= 0 && s.value(near.day) == s.from.lastDay {
		parts = append(parts, replacement{near.suffix, daySuffix})
	}
	if near.monthNumber >= 0 {
		becomes := monthNumber
		if s.value(near.monthNumber) != s.from.month {
			becomes = fiscalMonth
		}
		parts = append(parts, replacement{near.monthNumber, becomes})
	}
	if near.year >= 0 {
		becomes := year
		if s.chunks[near.year].year.hasFiscalPrefix {
			becomes = fiscalYear
		}
		parts = append(parts, replacement{near.year, becomes})
	}
	return parts
}

// yearFits reports whether the year of a month's name, or that of the folders above, can be the from period's.
func (s *segment) yearFits(near neighbors) bool {
	switch {
	case near.match.isYear:
		return near.match.fitsMonth()
	case s.parents.year.isYear:
		return s.parents.year.matches()
	default:
		return true
	}
}

// isRangeOfMonths reports whether another month's name is joined to this one.
func (s *segment) isRangeOfMonths(i int) bool {
	for _, step := range []int{-1, 1} {
		j, between := s.neighbor(i, step)
		if !s.hasKind(j, letters) || !isRangeSeparator(between) {
			continue
		}
		if _, month := parseMonthName(s.chunks[j].text); month {
			return true
		}
	}
	return false
}

// skipRange takes a month in a range out of all readings, with a year after it.
func (s *segment) skipRange(i int) {
	s.markConsumed(i)
	if j, between := s.nextChunk(i); s.hasKind(j, digits) && isLooseSeparator(between) {
		s.markConsumed(j)
	}
}

// isPlainWord reports whether a word in lower case is rather "may" or "march" than a month: nothing of a period beside it, and
// another word after a space.
func (s *segment) isPlainWord(i int, near neighbors) bool {
	if caseOf(s.chunks[i].text) != lowerCase || near.monthNumber >= 0 || near.day >= 0 || near.year >= 0 || near.match.isYear {
		return false
	}
	j, between := s.nextChunk(i)
	return between == " " && s.hasKind(j, letters)
}

func (s *segment) neighborsOf(i, month int) neighbors {
	near := neighbors{monthNumber: -1, day: -1, suffix: -1, year: -1}
	s.readBeforeMonth(i, month, &near)
	s.readAfterMonth(i, &near)
	if near.year >= 0 && !near.twoDigitYear {
		near.match = s.chunks[near.year].year
	}
	return near
}

// readBeforeMonth looks for "30", "30th", "11" and "2026" before a month's name.
func (s *segment) readBeforeMonth(i, month int, near *neighbors) {
	j, between := s.previousChunk(i)
	switch {
	case s.hasKind(j, letters):
		s.applyOrdinalBefore(j, between, near)
	case !s.hasKind(j, digits):
	case s.isYearBeside(j, between):
		near.year = j
	case s.chunks[j].consumed && s.chunks[j].year.isYear && isLooseSeparator(between):
		near.match = s.chunks[j].year // the month's number of a pair, "2026-11 November"
	case isLooseSeparator(between) && s.isNumberOfMonth(j, i, month):
		near.monthNumber = j
		if k, further := s.previousChunk(j); k >= 0 && s.isYearBeside(k, further) {
			near.year = k
		}
	case isDateSeparator(between) && s.isDay(j):
		near.day = j
	}
}

// applyOrdinalBefore notes a day written 30th before a month's name.
func (s *segment) applyOrdinalBefore(suffix int, between string, near *neighbors) {
	if !isOrdinalSuffix(s.chunks[suffix].text) || !isDateSeparator(between) {
		return
	}
	if k, touching := s.previousChunk(suffix); touching == "" && s.isDay(k) {
		near.day, near.suffix = k, suffix
	}
}

// isYearBeside reports whether a number is a year that may belong to what is beside it, a fiscal one included.
func (s *segment) isYearBeside(j int, between string) bool {
	chunk := &s.chunks[j]
	return s.hasKind(j, digits) && chunk.year.isYear && !chunk.notAPeriod && isLooseSeparator(between) &&
		(!chunk.consumed || chunk.year.hasFiscalPrefix && !s.isMonthOfPair(j))
}

// isMonthOfPair reports whether a number is the month in "FY27-05": it has its year's match.
func (s *segment) isMonthOfPair(j int) bool {
	return s.chunks[j].becomes == monthNumber || s.chunks[j].becomes == fiscalMonth
}

// isNumberOfMonth reports whether a number is that of the month whose name follows: the calendar's, or the fiscal one where a
// fiscal year is near or nothing else is in the name.
func (s *segment) isNumberOfMonth(j, name, month int) bool {
	n, ok := s.shortNumber(j)
	if !ok {
		return false
	}
	if n == month {
		return true
	}
	isFiscal := n == s.from.fiscalMonth && month == s.from.month && len(s.chunks[j].text) == 2
	return isFiscal && (s.nearFiscalYear() || s.spansWholeName(j, name))
}

func (s *segment) nearFiscalYear() bool {
	for _, chunk := range s.chunks {
		if chunk.year.isYear && chunk.year.hasFiscalPrefix {
			return chunk.year.matchesFiscal
		}
	}
	return s.parents.year.isOnlyFiscal() && s.parents.year.matches()
}

func (s *segment) spansWholeName(first, last int) bool {
	return first == 0 && last == s.extensionStart-1 && s.extensionStart == len(s.chunks)
}

func (s *segment) isDay(j int) bool {
	n, ok := s.shortNumber(j)
	return ok && n >= 1 && n <= 31
}

// readAfterMonth looks for "2026", "FY27", "'26", "26", "30", "30th" and "30, 2026" after a month's name.
func (s *segment) readAfterMonth(i int, near *neighbors) {
	j, between := s.nextChunk(i)
	switch {
	case s.hasKind(j, letters) && isLooseSeparator(between) && (isFiscalPrefix(s.chunks[j].text) || isCalendarPrefix(s.chunks[j].text)):
		if k, further := s.nextChunk(j); k >= 0 && s.chunks[k].year.isYear && isDateSeparator(further) {
			near.year = k
		}
	case !s.hasKind(j, digits):
	case s.isYearBeside(j, between) && len(s.chunks[j].text) == 4:
		near.year = j
	case isApostrophe(between) || isDateSeparator(between):
		s.readShortNumberAfter(j, isApostrophe(between), near)
	}
}

// readShortNumberAfter reads a number of one or two digits after a month's name: a year or a day.
func (s *segment) readShortNumberAfter(j int, apostrophe bool, near *neighbors) {
	n, ok := s.shortNumber(j)
	if !ok {
		return
	}
	twoDigits := len(s.chunks[j].text) == 2
	switch {
	case twoDigits && (apostrophe || near.day >= 0):
		s.applyTwoDigitYear(j, n, near)
	case near.day >= 0:
	case s.isDay(j) && s.applyDayBeforeYear(j, near):
	case twoDigits && n == s.from.year%100:
		s.applyTwoDigitYear(j, n, near)
	case s.isDay(j):
		near.day = j
	}
}

// applyDayBeforeYear notes a day that can be nothing else: "30, 2026", "30th", "30th 2026".
func (s *segment) applyDayBeforeYear(j int, near *neighbors) bool {
	after, between := s.nextChunk(j)
	suffix := -1
	if s.hasKind(after, letters) && between == "" && isOrdinalSuffix(s.chunks[after].text) {
		suffix = after
		after, between = s.nextChunk(suffix)
	}
	hasYear := after >= 0 && s.isYearBeside(after, strings.TrimSpace(between))
	if !hasYear && suffix < 0 {
		return false
	}
	near.day, near.suffix = j, suffix
	if hasYear {
		near.year = after
	}
	return true
}

func (s *segment) applyTwoDigitYear(j, n int, near *neighbors) {
	near.year, near.twoDigitYear = j, true
	near.match = yearMatch{isYear: true, matchesCalendar: n == s.from.year%100}
	s.chunks[j].year = near.match
}
