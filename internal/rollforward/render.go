package rollforward

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// periodPart is the part of the to period that replaces a chunk.
type periodPart int

const (
	asIs periodPart = iota
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
		b.WriteString(s.renderChunk(chunk))
	}
	return b.String()
}

// renderChunk returns a chunk as it is in the to period, in the style in which it is now.
func (r *roller) renderChunk(chunk chunk) string {
	switch chunk.becomes {
	case year:
		return formatYear(chunk.text, r.to.year)
	case fiscalYear:
		return formatYear(chunk.text, r.to.fiscalYear)
	case fiscalYearStart:
		return formatYear(chunk.text, r.to.fiscalYear-1)
	case monthNumber:
		return r.formatNumber(chunk.text, r.to.month)
	case fiscalMonth:
		return r.formatNumber(chunk.text, r.to.fiscalMonth)
	case monthName:
		return r.formatMonth(chunk.text)
	case day:
		return strconv.Itoa(r.to.lastDay)
	case daySuffix:
		return matchCase(chunk.text, ordinalSuffix(r.to.lastDay))
	case quarter:
		return strconv.Itoa(r.to.quarter)
	case fiscalQuarter:
		return strconv.Itoa(r.to.fiscalQuarter)
	default:
		return chunk.text
	}
}

func formatYear(text string, year int) string {
	if len(text) == 2 {
		return fmt.Sprintf("%02d", year%100)
	}
	return fmt.Sprintf("%04d", year)
}

func (r *roller) formatNumber(text string, n int) string {
	switch {
	case len(text) == 1:
		r.counts.unpaddedNumbers++
		return strconv.Itoa(n)
	case text[0] == '0':
		r.counts.paddedNumbers++
	case r.style.UnpaddedNumbers:
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%02d", n)
}

func (r *roller) formatMonth(text string) string {
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
	return matchCase(text, full)
}

// matchCase writes a word, capitalised as it is given, in the case of another one.
func matchCase(like, word string) string {
	switch caseOf(like) {
	case upperCase:
		return strings.ToUpper(word)
	case lowerCase:
		return strings.ToLower(word)
	default:
		return word
	}
}

type letterCase int

const (
	mixedCase letterCase = iota
	upperCase
	lowerCase
	titleCase
)

func caseOf(text string) letterCase {
	first, size := utf8.DecodeRuneInString(text)
	switch rest := text[size:]; {
	case text == strings.ToLower(text):
		return lowerCase
	case text == strings.ToUpper(text):
		return upperCase
	case unicode.IsUpper(first) && rest == strings.ToLower(rest):
		return titleCase
	default:
		return mixedCase
	}
}

func ordinalSuffix(day int) string {
	if day == 31 {
		return "st"
	}
	return "th" // a month's last day is 28, 29, 30 or 31
}
