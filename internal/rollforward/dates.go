package rollforward

import "strconv"

// order says which part of a date of three numbers comes where: the indexes of year, month and day.
type order struct{ year, month, day int }

var orders = []order{{0, 1, 2}, {2, 1, 0}, {2, 0, 1}} // 2026-11-30, 30.11.2026, 11-30-2026

// readCompact reads 202611 and 20261130, 30112026, 11302026. Other numbers of six or eight digits are left alone.
func (s *segment) readCompact() {
	for i := s.extensionStart - 1; i >= 0; i-- { // backwards, because a cut adds chunks
		n := len(s.chunks[i].text)
		if s.chunks[i].kind != digits || n != 6 && n != 8 {
			continue
		}
		if touched := s.adjacentChunk(i, -1) != nil || s.adjacentChunk(i, 1) != nil; touched {
			continue
		}
		if n == 6 {
			s.readCompactMonth(i)
		} else {
			s.readCompactDate(i)
		}
	}
}

func (s *segment) readCompactMonth(i int) {
	text := s.chunks[i].text
	if text != strconv.Itoa(s.from.year*100+s.from.month) {
		return
	}
	s.cut(i, text[:4], text[4:])
	s.replaceWith(i, year)
	s.replaceWith(i+1, monthNumber)
	s.chunks[i].year = yearMatch{isYear: true, matchesCalendar: true}
	s.chunks[i+1].year = s.chunks[i].year
	s.denotesMonth = true
}

func (s *segment) readCompactDate(i int) {
	text := s.chunks[i].text
	layouts := [][3]string{
		{text[:4], text[4:6], text[6:]}, {text[:2], text[2:4], text[4:]}, {text[:2], text[2:4], text[4:]},
	}
	for o, parts := range layouts {
		if y, m, d := numbersOf(parts, orders[o]); y == s.from.year && m == s.from.month && (d == s.from.lastDay || d == 1) {
			s.cut(i, parts[:]...)
			s.applyDate([3]int{i, i + 1, i + 2}, orders[o])
			return
		}
	}
}

func numbersOf(parts [3]string, o order) (year, month, day int) {
	year, _ = strconv.Atoi(parts[o.year])
	month, _ = strconv.Atoi(parts[o.month])
	day, _ = strconv.Atoi(parts[o.day])
	return year, month, day
}

// cut splits a chunk into several.
func (s *segment) cut(i int, parts ...string) {
	chunks := append([]chunk{}, s.chunks[:i]...)
	for _, part := range parts {
		chunks = append(chunks, chunk{kind: digits, text: part})
	}
	s.chunks = append(chunks, s.chunks[i+1:]...)
	s.extensionStart += len(parts) - 1
}

// readDates reads dates of three numbers with the same separator between.
func (s *segment) readDates() {
	for i := range s.extensionStart {
		at, ok := s.threeNumbers(i)
		if !ok {
			continue
		}
		for _, o := range s.ordersOf(at) {
			if s.isDate(at, o) {
				s.applyDate(at, o)
				break
			}
		}
	}
}

func (s *segment) threeNumbers(i int) ([3]int, bool) {
	at := [3]int{i, i + 2, i + 4}
	for _, j := range at {
		if !s.hasKind(j, digits) || s.chunks[j].consumed {
			return at, false
		}
	}
	separator := s.chunks[i+1].text
	separated := isDateSeparator(separator) && len(separator) == 1 && separator == s.chunks[i+3].text
	return at, separated && s.adjacentChunk(i, -1) == nil && s.adjacentChunk(i+4, 1) == nil
}

// ordersOf returns the orders to try, those of the from period's last and first day before the others: 11-12-2026 may be
// both, 11-30-2026 is not.
func (s *segment) ordersOf(at [3]int) []order {
	var denoting, others []order
	for _, o := range orders {
		if !s.hasDateLengths(at, o) {
			continue
		}
		if s.matchesYear(at[o.year], s.from.year) && s.value(at[o.month]) == s.from.month && s.isEdge(at[o.day]) {
			denoting = append(denoting, o)
		} else if len(s.chunks[at[o.year]].text) == 4 {
			others = append(others, o)
		}
	}
	return append(denoting, others...)
}

func (s *segment) isEdge(i int) bool { return s.value(i) == s.from.lastDay || s.value(i) == 1 }

// hasDateLengths reports whether numbers have the lengths of a date: at most two digits for month and day, two or four for the
// year. With two, and one for another, they may be a version instead: "Version 9.30.26", "9.30.26.1".
func (s *segment) hasDateLengths(at [3]int, o order) bool {
	y, m, d := len(s.chunks[at[o.year]].text), len(s.chunks[at[o.month]].text), len(s.chunks[at[o.day]].text)
	if m > 2 || d > 2 {
		return false
	}
	return y == 4 || y == 2 && (m+d == 4 || !s.followsNonPeriodNoun(at[0]) && !s.hasMoreNumbers(at))
}

// hasMoreNumbers reports whether the separator of three numbers joins them to a fourth one.
func (s *segment) hasMoreNumbers(at [3]int) bool {
	separator := s.chunks[at[0]+1].text
	before, joint := s.previousChunk(at[0])
	if s.hasKind(before, digits) && joint == separator {
		return true
	}
	after, joint := s.nextChunk(at[2])
	return s.hasKind(after, digits) && joint == separator
}

func (s *segment) isDate(at [3]int, o order) bool {
	m, d := s.value(at[o.month]), s.value(at[o.day])
	return m >= 1 && m <= 12 && d >= 1 && d <= 31
}

// applyDate reads three chunks as a date.
func (s *segment) applyDate(at [3]int, o order) {
	s.markConsumed(at[:]...)
	if !s.matchesYear(at[o.year], s.from.year) || s.value(at[o.month]) != s.from.month {
		return
	}
	s.applyDay(s.value(at[o.day]), []replacement{{at[o.day], day}, {at[o.month], monthNumber}, {at[o.year], year}})
}

// applyDay rolls a day of the from period if it is the last one, and puts the first one by. The first assignment is the day's.
func (s *segment) applyDay(d int, parts []replacement) {
	switch d {
	case s.from.lastDay:
		s.lastDay = true
		for _, part := range parts {
			s.replaceWith(part.at, part.becomes)
		}
	case 1:
		s.firstDays = append(s.firstDays, parts[1:]...)
	}
}

// readFirstDays rolls the first day of the from period where the last one stands beside it.
func (s *segment) readFirstDays() {
	if !s.lastDay {
		return
	}
	for _, part := range s.firstDays {
		s.replaceWith(part.at, part.becomes)
	}
}
