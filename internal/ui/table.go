package ui

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// column is one column of a table: text is aligned to the left, a number to the right.
type column struct {
	heading string
	right   bool
}

func text(heading string) column   { return column{heading: heading} }
func number(heading string) column { return column{heading: heading, right: true} }

// table lays rows out in columns that are as wide as their widest cell, two spaces apart.
type table struct {
	columns []column
	rows    [][]string
}

func newTable(columns ...column) *table {
	t := &table{columns: columns}
	headings := make([]string, len(columns))
	for i, c := range columns {
		headings[i] = c.heading
	}
	t.rows = [][]string{headings}
	return t
}

// add appends a row with a cell for each column.
func (t *table) add(cells ...any) {
	row := make([]string, len(cells))
	for i, cell := range cells {
		row[i] = fmt.Sprint(cell)
	}
	t.rows = append(t.rows, row)
}

// String returns the table with its headings, one line a row.
func (t *table) String() string {
	widths := make([]int, len(t.columns))
	for _, row := range t.rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var out strings.Builder
	for _, row := range t.rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			gap := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if t.columns[i].right {
				cells[i] = gap + cell
			} else {
				cells[i] = cell + gap
			}
		}
		out.WriteString(strings.TrimRight(strings.Join(cells, "  "), " ") + "\n")
	}
	return out.String()
}

// PrintColumns prints short texts in rows of so many columns, aligned.
func PrintColumns(out io.Writer, texts []string, columns int) {
	widths := make([]int, columns)
	for i, text := range texts {
		widths[i%columns] = max(widths[i%columns], utf8.RuneCountInString(text))
	}
	for row := range slices.Chunk(texts, columns) {
		var line strings.Builder
		for i, text := range row {
			fmt.Fprintf(&line, "%-*s", widths[i]+2, text)
		}
		fmt.Fprintln(out, strings.TrimRight(line.String(), " "))
	}
}
