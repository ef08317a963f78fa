package rollforward

import (
	"strings"
	"time"
)

// monthOf reads a month's name, full or short, written November, NOVEMBER, november or any of them short.
func monthOf(text string) (int, bool) {
	if len(text) < 3 || len(text) > len("September") || caseOf(text) == mixed {
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

// readPairs reads a year and a month's number side by side: 2026-11, 11.2026, "2026 11", FY27-05.
func (s *segment) readPairs() {
	for i := range s.stemEnd {
		j, between := s.right(i)
		if !s.is(i, digits) || !s.is(j, digits) || !isDateSeparator(between) && between != " - " {
			continue
		}
		switch {
		case s.chunks[i].year.prefixed:
			s.readFiscalPair(i, j, between)
		case s.isBareYear(i) && s.isMonthNumber(j) && s.mayPair(i, j, between):
			s.takePair(i, j)
		case s.isBareYear(j) && s.isMonthNumber(i) && s.mayPair(j, i, between):
			s.takePair(j, i)
		}
	}
}

func (s *segment) isBareYear(i int) bool {
	return s.chunks[i].year.known && !s.chunks[i].done && len(s.chunks[i].text) == 4
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

// mayPair is stricter where only a space joins year and month: both could be numbers of their own.
func (s *segment) mayPair(yearAt, monthAt int, between string) bool {
	if between != " " {
		return true
	}
	if len(s.chunks[monthAt].text) != 2 || s.chunks[yearAt].numbered || s.isNumbered(monthAt) {
		return false
	}
	if monthAt < yearAt {
		return monthAt == 0
	}
	after, _ := s.right(monthAt)
	return !s.is(after, letters) || !unitWords[strings.ToLower(s.chunks[after].text)]
}

func (s *segment) takePair(yearAt, monthAt int) {
	reading := s.chunks[yearAt].year
	s.chunks[monthAt].year, s.chunks[yearAt].numbered = reading, false
	s.markRead(yearAt, monthAt)
	if reading.calendar && s.value(monthAt) == s.from.month {
		s.assign(yearAt, year)
		s.assign(monthAt, monthNumber)
		s.denotesMonth = true
	}
}

// readFiscalPair reads the month's number after a fiscal year; it counts from either year's beginning, whichever matches.
func (s *segment) readFiscalPair(yearAt, monthAt int, between string) {
	n, ok := s.shortNumber(monthAt)
	if !ok || len(s.chunks[monthAt].text) != 2 || between == "" || !s.chunks[yearAt].year.fiscal {
		return
	}
	if s.assignMonthNumber(monthAt, n) {
		s.chunks[monthAt].year = s.chunks[yearAt].year
	}
}

// assignMonthNumber rolls a number that is the calendar's or the fiscal month.
func (s *segment) assignMonthNumber(i, n int) bool {
	switch n {
	case s.from.month:
		s.assign(i, monthNumber)
	case s.from.fiscalMonth:
		s.assign(i, fiscalMonth)
	default:
		return false
	}
	s.denotesMonth = true
	return true
}

// readMonths reads months' names with the numbers and years beside them.
func (s *segment) readMonths() {
	for i := range s.stemEnd {
		if s.chunks[i].kind != letters || s.chunks[i].done {
			continue
		}
		if month, ok := monthOf(s.chunks[i].text); ok {
			s.readMonth(i, month)
		}
	}
}

// beside is what belongs to a month's name; indexes are -1 where there is none.
type neighbors struct {
	number  int // the month's number
	day     int
	suffix  int // of the day
	year    int
	reading yearReading // what the year says; that of the folders above where there is none
	short   bool        // the year has two digits and nothing before it
}

func (s *segment) readMonth(i, month int) {
	if s.isRangeOfMonths(i) {
		s.skipRange(i)
		return
	}
	b := s.neighborsOf(i, month)
	if s.isPlainWord(i, b) {
		return
	}
	denotes := month == s.from.month && s.yearFits(b)
	s.markRead(i, b.number, b.day, b.suffix, b.year)
	switch {
	case b.day >= 0 && denotes:
		s.takeDay(s.value(b.day), s.monthParts(i, b))
	case b.day < 0 && denotes:
		for _, part := range s.monthParts(i, b)[1:] {
			s.assign(part.at, part.becomes)
		}
		s.denotesMonth = true
	}
}

// monthParts lists how a month's name and what belongs to it roll, the day first.
func (s *segment) monthParts(i int, b neighbors) []assignment {
	parts := []assignment{{b.day, day}, {i, monthName}}
	if b.suffix >= 0 && s.value(b.day) == s.from.lastDay {
		parts = append(parts, assignment{b.suffix, daySuffix})
	}
	if b.number >= 0 {
		becomes := monthNumber
		if s.value(b.number) != s.from.month {
			becomes = fiscalMonth
		}
		parts = append(parts, assignment{b.number, becomes})
	}
	if b.year >= 0 {
		becomes := year
		if s.chunks[b.year].year.prefixed {
			becomes = fiscalYear
		}
		parts = append(parts, assignment{b.year, becomes})
	}
	return parts
}

// yearFits reports whether the year of a month's name, or that of the folders above, can be the from period's.
func (s *segment) yearFits(b neighbors) bool {
	switch {
	case b.reading.known:
		return b.reading.fitsMonth()
	case s.above.year.known:
		return s.above.year.matches()
	default:
		return true
	}
}

// isRangeOfMonths reports whether another month's name is joined to this one.
func (s *segment) isRangeOfMonths(i int) bool {
	for _, step := range []int{-1, 1} {
		j, between := s.neighbor(i, step)
		if !s.is(j, letters) || !isRangeSeparator(between) {
			continue
		}
		if _, month := monthOf(s.chunks[j].text); month {
			return true
		}
	}
	return false
}

// skipRange takes a month in a range out of all readings, with a year after it.
func (s *segment) skipRange(i int) {
	s.markRead(i)
	if j, between := s.right(i); s.is(j, digits) && isLooseGap(between) {
		s.markRead(j)
	}
}

// isPlainWord reports whether a word in lower case is rather "may" or "march" than a month: nothing of a period beside it, and
// another word after a space.
func (s *segment) isPlainWord(i int, b neighbors) bool {
	if caseOf(s.chunks[i].text) != lower || b.number >= 0 || b.day >= 0 || b.year >= 0 || b.reading.known {
		return false
	}
	j, between := s.right(i)
	return between == " " && s.is(j, letters)
}

func (s *segment) neighborsOf(i, month int) neighbors {
	b := neighbors{number: -1, day: -1, suffix: -1, year: -1}
	s.readLeft(i, month, &b)
	s.readRight(i, &b)
	if b.year >= 0 && !b.short {
		b.reading = s.chunks[b.year].year
	}
	return b
}

// readLeft looks for "30", "30th", "11" and "2026" before a month's name.
func (s *segment) readLeft(i, month int, b *neighbors) {
	j, between := s.left(i)
	switch {
	case s.is(j, letters):
		s.takeOrdinalBefore(j, between, b)
	case !s.is(j, digits):
	case s.isYearBeside(j, between):
		b.year = j
	case s.chunks[j].done && s.chunks[j].year.known && isLooseGap(between):
		b.reading = s.chunks[j].year // the month's number of a pair, "2026-11 November"
	case isLooseGap(between) && s.isNumberOf(j, i, month):
		b.number = j
		if k, further := s.left(j); k >= 0 && s.isYearBeside(k, further) {
			b.year = k
		}
	case isDateSeparator(between) && s.isDay(j):
		b.day = j
	}
}

// takeOrdinalBefore takes a day written 30th.
func (s *segment) takeOrdinalBefore(suffix int, between string, b *neighbors) {
	if !isSuffix(s.chunks[suffix].text) || !isDateSeparator(between) {
		return
	}
	if k, touching := s.left(suffix); touching == "" && s.isDay(k) {
		b.day, b.suffix = k, suffix
	}
}

// isYearBeside reports whether a number is a year that may belong to what is beside it, a fiscal one included.
func (s *segment) isYearBeside(j int, between string) bool {
	chunk := &s.chunks[j]
	return s.is(j, digits) && chunk.year.known && !chunk.numbered && isLooseGap(between) &&
		(!chunk.done || chunk.year.prefixed && !s.isMonthOfPair(j))
}

// isMonthOfPair reports whether a number is the month in "FY27-05": it carries its year's reading.
func (s *segment) isMonthOfPair(j int) bool {
	return s.chunks[j].becomes == monthNumber || s.chunks[j].becomes == fiscalMonth
}

// isNumberOf reports whether a number is that of the month whose name follows: the calendar's, or the fiscal one where a fiscal
// year is near or nothing else is in the name.
func (s *segment) isNumberOf(j, name, month int) bool {
	n, ok := s.shortNumber(j)
	if !ok {
		return false
	}
	if n == month {
		return true
	}
	isFiscal := n == s.from.fiscalMonth && month == s.from.month && len(s.chunks[j].text) == 2
	return isFiscal && (s.nearFiscalYear() || s.isAlone(j, name))
}

func (s *segment) nearFiscalYear() bool {
	for _, chunk := range s.chunks {
		if chunk.year.known && chunk.year.prefixed {
			return chunk.year.fiscal
		}
	}
	return s.above.year.isFiscal() && s.above.year.matches()
}

func (s *segment) isAlone(first, last int) bool {
	return first == 0 && last == s.stemEnd-1 && s.stemEnd == len(s.chunks)
}

func (s *segment) isDay(j int) bool {
	n, ok := s.shortNumber(j)
	return ok && n >= 1 && n <= 31
}

// readRight looks for "2026", "FY27", "'26", "26", "30", "30th" and "30, 2026" after a month's name.
func (s *segment) readRight(i int, b *neighbors) {
	j, between := s.right(i)
	switch {
	case s.is(j, letters) && isLooseGap(between) && (isFiscalPrefix(s.chunks[j].text) || isCalendarPrefix(s.chunks[j].text)):
		if k, further := s.right(j); k >= 0 && s.chunks[k].year.known && isDateSeparator(further) {
			b.year = k
		}
	case !s.is(j, digits):
	case s.isYearBeside(j, between) && len(s.chunks[j].text) == 4:
		b.year = j
	case isApostrophe(between) || isDateSeparator(between):
		s.readRightShort(j, isApostrophe(between), b)
	}
}

// readRightShort reads a number of one or two digits after a month's name: a year or a day.
func (s *segment) readRightShort(j int, apostrophe bool, b *neighbors) {
	n, ok := s.shortNumber(j)
	if !ok {
		return
	}
	twoDigits := len(s.chunks[j].text) == 2
	switch {
	case twoDigits && (apostrophe || b.day >= 0):
		s.takeShortYear(j, n, b)
	case b.day >= 0:
	case s.isDay(j) && s.takeDayBeforeYear(j, b):
	case twoDigits && n == s.from.year%100:
		s.takeShortYear(j, n, b)
	case s.isDay(j):
		b.day = j
	}
}

// takeDayBeforeYear takes a day that is none but a day: "30, 2026", "30th", "30th 2026".
func (s *segment) takeDayBeforeYear(j int, b *neighbors) bool {
	after, between := s.right(j)
	suffix := -1
	if s.is(after, letters) && between == "" && isSuffix(s.chunks[after].text) {
		suffix = after
		after, between = s.right(suffix)
	}
	hasYear := after >= 0 && s.isYearBeside(after, strings.TrimSpace(between))
	if !hasYear && suffix < 0 {
		return false
	}
	b.day, b.suffix = j, suffix
	if hasYear {
		b.year = after
	}
	return true
}

func (s *segment) takeShortYear(j, n int, b *neighbors) {
	b.year, b.short = j, true
	b.reading = yearReading{known: true, calendar: n == s.from.year%100}
	s.chunks[j].year = b.reading
}
