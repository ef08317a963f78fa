package catalog

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"metronome/internal/failure"
	"metronome/internal/strictyaml"
)

// Headings by which columns are found when no flag names them, in order of preference.
var (
	idHeadings   = []string{"id", "symbol", "code", "entity id", "customer id", "ticker"}
	nameHeadings = []string{"name", "security", "company", "customer", "entity", "company name", "customer name"}
)

// row is one customer of a list.
type row struct {
	line    int
	id      string
	name    string
	account string
}

// columns are the positions of what is read of a list, -1 for what it does not have.
type columns struct {
	id      int
	name    int
	account int
}

// listReader reads one list.
type listReader struct {
	csv      *csv.Reader
	columns  columns
	rows     []row
	problems []failure.Problem
}

func readList(list []byte, o ImportOptions) ([]row, []failure.Problem) {
	list = bytes.TrimPrefix(list, []byte("\ufeff"))
	r := &listReader{csv: csv.NewReader(bytes.NewReader(list))}
	r.csv.Comma = separator(list)
	r.csv.TrimLeadingSpace = r.csv.Comma != '\t' // a tab is a space, too
	if line, ok := notUTF8(list); ok {
		r.report(line, "", "", "not UTF-8", "save the list as CSV UTF-8")
		return nil, r.problems
	}
	if heading, ok := r.next(); ok && r.findColumns(heading, o) {
		for record, ok := r.next(); ok; record, ok = r.next() {
			r.addRow(record)
		}
	}
	if len(r.rows) == 0 && len(r.problems) == 0 {
		r.report(0, "", "", "the list is empty", "a line of headings, then one line per customer")
	}
	return r.rows, r.problems
}

// next reads a record; false at the end, and where the rest cannot be read.
func (r *listReader) next() ([]string, bool) {
	record, err := r.csv.Read()
	var parse *csv.ParseError
	switch {
	case errors.Is(err, io.EOF):
		return nil, false
	case errors.Is(err, csv.ErrFieldCount):
		line, _ := r.csv.FieldPos(0)
		r.report(line, "", "", fmt.Sprintf("expected %d fields as in the heading, found %d", r.csv.FieldsPerRecord, len(record)), "")
	case errors.As(err, &parse):
		r.report(parse.Line, "", "", fmt.Sprintf("column %d: %v", parse.Column, parse.Err), "a quotation mark inside a field is doubled")
		return nil, false
	}
	return record, true
}

// findColumns finds the columns; false where one is missing.
func (r *listReader) findColumns(heading []string, o ImportOptions) bool {
	for i := range heading {
		heading[i] = strings.ToLower(strings.TrimSpace(heading[i]))
	}
	named := func(flag, name string, defaults []string) int {
		if name == "" {
			return firstOf(heading, defaults)
		}
		at := slices.Index(heading, strings.ToLower(strings.TrimSpace(name)))
		if at < 0 {
			r.report(1, flag, name, "no such column", strictyaml.DidYouMean(name, heading))
		}
		return at
	}
	r.columns = columns{
		id:      named("--id-column", o.IDColumn, idHeadings),
		name:    named("--name-column", o.NameColumn, nameHeadings),
		account: named("--account-column", o.AccountColumn, nil),
	}
	if r.columns.name < 0 && o.NameColumn == "" {
		r.report(1, "--name-column", "", "no column is headed "+strings.Join(nameHeadings, ", "), "name the column with the names")
	}
	return len(r.problems) == 0
}

func firstOf(heading, defaults []string) int {
	for _, name := range defaults {
		if at := slices.Index(heading, name); at >= 0 {
			return at
		}
	}
	return -1
}

// addRow adds a record that is not blank.
func (r *listReader) addRow(record []string) {
	if !slices.ContainsFunc(record, func(field string) bool { return strings.TrimSpace(field) != "" }) {
		return
	}
	line, _ := r.csv.FieldPos(0)
	get := func(column int) string {
		if column < 0 || column >= len(record) {
			return ""
		}
		return oneLine(record[column])
	}
	made := row{line: line, id: get(r.columns.id), name: get(r.columns.name), account: get(r.columns.account)}
	if found := checkName(made.name); found.message != "" {
		r.report(line, "name", made.name, found.message, found.hint)
	}
	if found := checkName(made.account); r.columns.account >= 0 && found.message != "" {
		r.report(line, "account", made.account, found.message, found.hint)
	}
	r.rows = append(r.rows, made)
}

func (r *listReader) report(line int, key, value, message, hint string) {
	r.problems = append(r.problems, failure.Problem{Line: line, Key: key, Value: value, Message: message, Hint: hint})
}

// oneLine turns a cell into one line: control characters and runs of spaces become a space.
func oneLine(cell string) string {
	return strings.Join(strings.FieldsFunc(cell, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
}

// separator is the mark that the heading holds most of outside quotation marks.
func separator(list []byte) rune {
	heading, _, _ := bytes.Cut(list, []byte("\n"))
	count := map[rune]int{}
	quoted := false
	for _, r := range string(heading) {
		if r == '"' {
			quoted = !quoted
		}
		if !quoted {
			count[r]++
		}
	}
	best := ','
	for _, candidate := range ";\t" {
		if count[candidate] > count[best] {
			best = candidate
		}
	}
	return best
}

func notUTF8(list []byte) (line int, found bool) {
	for l := range bytes.Lines(list) {
		line++
		if !utf8.Valid(l) {
			return line, true
		}
	}
	return 0, false
}
