package catalog

import (
	"errors"
	"time"

	"metronome/internal/calendar"
	"metronome/internal/content"
	"metronome/internal/failure"
	"metronome/internal/period"
	"metronome/internal/strictyaml"
)

// firstPeriod is the first of the 28 years of periods in which deadlines are compared, and of the year of trial rolls.
var firstPeriod = period.New(2026, time.January)

// deadline is an item's: who is due when.
type deadline struct {
	preparers []dueRule
	reviewers []dueRule
}

// dueRule is an assignee with a rule that could be read.
type dueRule struct {
	at   strictyaml.Value // of the rule
	rule calendar.Rule
}

// readAssignees reads a list of preparers or reviewers.
func readAssignees(v strictyaml.Value) ([]content.Assignee, []dueRule) {
	var assignees []content.Assignee
	var rules []dueRule
	v.Each(func(_ int, v strictyaml.Value) {
		var read assignee
		assigneeKeys.Read(v, &read)
		assignees = append(assignees, read.Assignee)
		if !read.rule.rule.IsZero() {
			rules = append(rules, read.rule)
		}
	})
	if v.IsList() && len(assignees) == 0 {
		v.Report("", "the list is empty")
	}
	return assignees, rules
}

// assignee is a preparer or reviewer, as it is read.
type assignee struct {
	content.Assignee
	rule dueRule
}

var assigneeKeys = strictyaml.Keys[assignee]{
	{
		Name: "name", Required: true, Summary: "Who", Reader: strictyaml.StoreInto(nameType(strictyaml.Value.Text), func(a *assignee) *string { return &a.Name }),
	},
	{
		Name: "due", Required: true, Summary: "When", Values: "one of the rules below",
		Reader: strictyaml.ReadWith(strictyaml.Schema{}, func(a *assignee, v strictyaml.Value) {
			a.rule = readDue(v)
			a.Due = a.rule.rule.String()
		}),
	},
	{
		Name: "frequency", DefaultText: "the item's", Summary: "How often, where it is less often than the item",
		Reader: strictyaml.StoreInto(frequencyType(), func(a *assignee) *content.Frequency { return &a.Frequency }),
	},
}

func readDue(v strictyaml.Value) dueRule {
	text, ok := v.Text()
	if !ok {
		return dueRule{}
	}
	rule, err := calendar.ParseRule(text)
	if err != nil {
		v.Report(failure.HintOf(err), "%s", messageOf(err))
	}
	return dueRule{at: v, rule: rule}
}

// checkDeadlines compares every preparer with every reviewer of an item. An item's pair is reported once.
func (r *setReader) checkDeadlines(conventions []Convention) {
	memo := map[comparison]period.Period{}
	for _, d := range r.deadlines {
		for _, preparer := range d.preparers {
			for _, reviewer := range d.reviewers {
				compare(memo, preparer, reviewer, conventions)
			}
		}
	}
}

// comparison is what the outcome of comparing two rules depends on.
type comparison struct {
	preparer, reviewer calendar.Rule
	convention         Convention
}

func compare(memo map[comparison]period.Period, preparer, reviewer dueRule, conventions []Convention) {
	for _, convention := range conventions {
		key := comparison{preparer.rule, reviewer.rule, convention}
		at, known := memo[key]
		if !known {
			at, _ = convention.Calendar.FirstOrderViolation(preparer.rule, reviewer.rule, convention.Close, convention.Periods, firstPeriod)
			memo[key] = at
		}
		if !at.IsZero() {
			preparer.at.Report("a preparer is due no later than a reviewer",
				"due after the reviewer's %s (line %d): in %s on %s, not by %s, in calendar %s", reviewer.rule, reviewer.at.Line(), at,
				dueDate(convention, preparer.rule, at), dueDate(convention, reviewer.rule, at), convention.Name)
			return
		}
	}
}

func dueDate(c Convention, rule calendar.Rule, at period.Period) string {
	return c.Calendar.Due(rule, at, c.Periods, c.Close).Format("2006-01-02")
}

// messageOf takes the message out of a classified error; the problem names key and value itself.
func messageOf(err error) string {
	var classified *failure.Error
	if errors.As(err, &classified) {
		return classified.Err.Error()
	}
	return err.Error()
}
