package calendar

import (
	"fmt"
	"regexp"
	"strconv"

	"metronome/internal/failure"
)

// Bounds of a rule's number: what a close can sensibly ask for, and what a typing mistake is likely to exceed.
const (
	maxWorkdays = 90
	maxDays     = 366
)

type kind int

const (
	noRule kind = iota
	workdays
	workdaysBeforeEnd
	days
	endOfMonth
)

// Rule is a due date relative to a period. The zero value is no rule.
type Rule struct {
	kind kind
	n    int // from 1; 0 for EOM
}

var rulePattern = regexp.MustCompile(`^(BD-|BD|D)([0-9]{1,4})$`)

// ParseRule reads BD3, BD-1, D15 or EOM, or fails with a Data error that says what is wrong.
func ParseRule(text string) (Rule, error) {
	if text == "EOM" {
		return Rule{kind: endOfMonth}, nil
	}
	parts := rulePattern.FindStringSubmatch(text)
	if parts == nil {
		return Rule{}, badRule(text, "not a due date rule")
	}
	n, _ := strconv.Atoi(parts[2]) // at most four digits
	kinds := map[string]kind{"BD": workdays, "BD-": workdaysBeforeEnd, "D": days}
	rule := Rule{kind: kinds[parts[1]], n: n}
	if err := rule.check(text); err != nil {
		return Rule{}, err
	}
	return rule, nil
}

func (r Rule) check(text string) error {
	limit := maxWorkdays
	if r.kind == days {
		limit = maxDays
	}
	switch {
	case r.n == 0 && r.kind == days:
		return badRule(text, "there is no D0: days are counted from 1, and the period's last day is EOM")
	case r.n == 0:
		return badRule(text, "there is no BD0: the last working day in the period is BD-1, the first one after it BD1")
	case r.n > limit:
		return badRule(text, fmt.Sprintf("too far away: at most %d", limit))
	case text != r.String():
		return badRule(text, fmt.Sprintf("write %s", r))
	}
	return nil
}

func badRule(text, message string) error {
	return failure.New(failure.Data, "due", text,
		"write BD3 (third working day after the period), BD-1 (last one in it), D15 (15th day after it) or EOM", "%s", message)
}

// String writes the rule as ParseRule reads it.
func (r Rule) String() string {
	switch r.kind {
	case workdays:
		return fmt.Sprintf("BD%d", r.n)
	case workdaysBeforeEnd:
		return fmt.Sprintf("BD-%d", r.n)
	case days:
		return fmt.Sprintf("D%d", r.n)
	case endOfMonth:
		return "EOM"
	default:
		return ""
	}
}

// IsZero reports whether r is no rule.
func (r Rule) IsZero() bool { return r.kind == noRule }
