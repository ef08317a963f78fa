package rollforward

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// field says what of the to period a chunk becomes.
type field int

const (
	asIs field = iota
	year
	fiscalYear
	fiscalYearStart // the year in which the fiscal year begins
	monthNumber
	fiscalMonth
	monthName
	day
	daySuffix // the th of 30th
	quarter
	fiscalQuarter
)

func (s *segment) render() string {
	var b strings.Builder
	for _, chunk := range s.chunks {
		b.WriteString(s.write(chunk))
	}
	return b.String()
}

// write returns a chunk as it is in the to period, in the style in which it is now.
func (r *roller) write(chunk chunk) string {
	switch chunk.becomes {
	case year:
		return writeYear(chunk.text, r.to.year)
	case fiscalYear:
		return writeYear(chunk.text, r.to.fiscalYear)
	case fiscalYearStart:
		return writeYear(chunk.text, r.to.fiscalYear-1)
	case monthNumber:
		return r.writeNumber(chunk.text, r.to.month)
	case fiscalMonth:
		return r.writeNumber(chunk.text, r.to.fiscalMonth)
	case monthName:
		return r.writeMonth(chunk.text)
	case day:
		return strconv.Itoa(r.to.lastDay)
	case daySuffix:
		return inCaseOf(chunk.text, suffixOf(r.to.lastDay))
	case quarter:
		return strconv.Itoa(r.to.quarter)
	case fiscalQuarter:
		return strconv.Itoa(r.to.fiscalQuarter)
	default:
		return chunk.text
	}
}

func writeYear(text string, year int) string {
	if len(text) == 2 {
		return fmt.Sprintf("%02d", year%100)
	}
	return fmt.Sprintf("%04d", year)
}

func (r *roller) writeNumber(text string, n int) string {
	switch {
	case len(text) == 1:
		r.counts.plainNumbers++
		return strconv.Itoa(n)
	case text[0] == '0':
		r.counts.paddedNumbers++
	case r.style.PlainNumbers:
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%02d", n)
}

func (r *roller) writeMonth(text string) string {
	full := time.Month(r.to.month).String()
	short := len(text) < len(time.Month(r.from.month).String())
	switch {
	case r.from.month == int(time.May):
		short = r.style.ShortMonths
	case short:
		r.counts.shortMonths++
	default:
		r.counts.fullMonths++
	}
	if short {
		full = full[:3]
	}
	return inCaseOf(text, full)
}

// inCaseOf writes a word, capitalised as it is given, in the case of another one.
func inCaseOf(model, word string) string {
	switch caseOf(model) {
	case upper:
		return strings.ToUpper(word)
	case lower:
		return strings.ToLower(word)
	default:
		return word
	}
}

type letterCase int

const (
	mixed letterCase = iota
	upper
	lower
	title
)

func caseOf(text string) letterCase {
	first, size := utf8.DecodeRuneInString(text)
	switch rest := text[size:]; {
	case text == strings.ToLower(text):
		return lower
	case text == strings.ToUpper(text):
		return upper
	case unicode.IsUpper(first) && rest == strings.ToLower(rest):
		return title
	default:
		return mixed
	}
}

func suffixOf(day int) string {
	if day == 31 {
		return "st"
	}
	return "th" // a month's last day is 28, 29, 30 or 31
}
