package rollforward

import (
	"path"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"metronome/internal/content"
	"metronome/internal/failure"
	"metronome/internal/period"
)

// PlannedDocument is one document of the prior period and what becomes of it. Paths are relative to the entity's remote.
type PlannedDocument struct {
	From   string
	To     string
	Action content.Action // Copy or Placeholder
}

// PlanDocuments says which of the files found below the prior period's root are carried forward, and under which names. The
// first rule that matches a file's path below that root decides; case does not matter, no rule means skip. What is planned
// (see GeneratedWorkbooks) is never carried, neither from such a name nor to one. It fails with a Data error where two
// documents, or a document's old and another's new name, would become one.
func PlanDocuments(rules content.Documents, files []string, planned map[string]bool, periods period.Calendar,
) ([]PlannedDocument, error) {
	if err := checkRules(rules.Rules); err != nil {
		return nil, err
	}
	names := NameRoller{From: periods.Prior(rules.Period), To: rules.Period, Periods: periods, Style: rules.Style}
	taken := make(map[string]bool, len(planned))
	for name, isPlanned := range planned {
		taken[fold(name)] = isPlanned
	}
	owner := map[string]string{}
	var plan []PlannedDocument
	for _, file := range files {
		action := actionFor(rules, file)
		to := newName(rules, names, file)
		if action == content.Skip || to == file || taken[fold(file)] || taken[fold(to)] {
			continue
		}
		if other, met := owner[fold(to)]; met {
			return nil, failure.New(failure.Data, "documents", file, "rename or move one of the two, or add a rule that skips it",
				"becomes %q, which %q becomes too", to, other)
		}
		owner[fold(to)] = file
		plan = append(plan, PlannedDocument{From: file, To: to, Action: action})
	}
	return plan, nil
}

func checkRules(rules []content.DocumentRule) error {
	for _, rule := range rules {
		if !doublestar.ValidatePattern(rule.Pattern) {
			return failure.New(failure.Data, "documents: pattern", rule.Pattern, "* ? [a-z] within a name, ** across folders",
				"not a pattern")
		}
		switch rule.Action {
		case content.Copy, content.Placeholder, content.Skip:
		default:
			return failure.New(failure.Data, "documents: action", string(rule.Action), "write copy, placeholder or skip",
				"unknown action of pattern %q", rule.Pattern)
		}
	}
	return nil
}

// GeneratedWorkbooks lists the workbooks that Metronome makes for a period or made for the one before, by path: they are
// rendered anew, never carried forward.
func GeneratedWorkbooks(checklist content.Checklist, reconciliations content.Reconciliations) map[string]bool {
	workbooks := map[string]bool{}
	for _, list := range [][]string{
		{checklist.Workbook, checklist.PriorWorkbook}, reconciliations.PriorWorkbooks, workbooksOf(reconciliations.Items),
		workbooksOf(reconciliations.NotDue),
	} {
		for _, workbook := range list {
			workbooks[workbook] = true
		}
	}
	delete(workbooks, "")
	return workbooks
}

// actionFor returns what the rules say about a file.
func actionFor(rules content.Documents, file string) content.Action {
	if rules.PriorRoot == "" || !isWithin(rules.PriorRoot, file) || file == rules.PriorRoot {
		return content.Skip
	}
	name := fold(file[len(rules.PriorRoot)+1:])
	for _, rule := range rules.Rules {
		if matched, err := doublestar.Match(fold(rule.Pattern), name); err == nil && matched {
			return rule.Action
		}
	}
	return content.Skip
}

// newName puts a file where it goes: below the new root, the folders in between and the name rolled.
func newName(rules content.Documents, names NameRoller, file string) string {
	if !isWithin(rules.PriorRoot, file) {
		return file
	}
	rolled := strings.Split(names.Roll(file), "/")
	depth := strings.Count(rules.PriorRoot, "/") + 1
	return path.Join(rules.Root, path.Join(rolled[depth:]...))
}
