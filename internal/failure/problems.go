package failure

import (
	"fmt"
	"strings"
)

// Problem is one thing wrong with an input file.
type Problem struct {
	File    string `json:"file"`
	Line    int    `json:"line,omitempty"` // from 1; 0 where a line makes no sense
	Key     string `json:"key,omitempty"`  // e.g. "pool" or "checklist.items[3].preparers[0].due"
	Value   string `json:"value,omitempty"`
	Message string `json:"message"`        // what is wrong
	Hint    string `json:"hint,omitempty"` // what to do
}

// String reads `<file>:<line>: <key> "<value>": <message>. <hint>`.
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
	}
	b.WriteString(": ")
	if p.Key != "" {
		b.WriteString(p.Key)
		if p.Value != "" {
			fmt.Fprintf(&b, " %q", p.Value)
		}
		b.WriteString(": ")
	}
	b.WriteString(p.Message)
	if p.Hint != "" {
		b.WriteString(" (" + p.Hint + ")")
	}
	return b.String()
}

// Problems are all the problems of an input, reported at once. Class is Data for catalogs, Config for configuration.
type Problems struct { //nolint:errname // named for what it holds: callers read the list more often than the error
	Class Class
	List  []Problem
}

// Error lists every problem on a line of its own.
func (p Problems) Error() string {
	lines := make([]string, len(p.List))
	for i, problem := range p.List {
		lines[i] = problem.String()
	}
	return strings.Join(lines, "\n")
}

// OrNil returns nil where there are no problems, so that a caller may return it as an error.
func (p Problems) OrNil() error {
	if len(p.List) == 0 {
		return nil
	}
	return p
}
