package rollforward

import (
	"slices"

	"metronome/internal/content"
	"metronome/internal/period"
)

// Documents makes the rules by which a period's documents are carried forward, a snapshot: later changes of the template set
// do not change a period that was made. The rules are the set's, with what the customer added, changed and deleted in the
// base's. Documents are looked for in the base's root; where there is no base, in the folder that the prior period has by the
// tree's names.
func Documents(base *content.Documents, set content.TemplateSet, tree content.Folders, periods period.Calendar,
) (content.Documents, error) {
	made := content.Documents{
		Version: content.Version, Period: tree.Period, Root: tree.Root, Style: tree.Style, Rules: set.Documents,
		SeenTemplates: ruleKeys(set.Documents),
	}
	if base == nil {
		back := NameRoller{From: tree.Period, To: periods.Prior(tree.Period), Periods: periods, Style: tree.Style}
		made.PriorRoot = back.Roll(tree.Root)
		return made, nil
	}
	if err := checkBase("documents.json", base.Period, tree.Period); err != nil {
		return content.Documents{}, err
	}
	made.PriorRoot = base.Root
	made.Rules = mergeRules(base.Rules, base.SeenTemplates, set.Documents)
	made.SeenTemplates = union(base.SeenTemplates, made.SeenTemplates)
	return made, nil
}

func ruleKeys(rules []content.DocumentRule) []string {
	seen := []string{}
	for _, rule := range rules {
		seen = append(seen, ruleKey(rule))
	}
	return seen
}

func ruleKey(rule content.DocumentRule) string { return string(rule.Action) + " " + rule.Pattern }

// mergeRules returns the base's rules with the template set's changes since. A rule that the set once had belongs to the set:
// it follows what the set says now. Every other rule is the customer's own and stays.
func mergeRules(base []content.DocumentRule, seen []string, set []content.DocumentRule) []content.DocumentRule {
	if seen == nil {
		return slices.Clone(base)
	}
	merged := []content.DocumentRule{}
	for _, rule := range base {
		now, inSet := ruleFor(set, rule.Pattern)
		switch {
		case !slices.Contains(seen, ruleKey(rule)):
			merged = append(merged, rule)
		case inSet:
			merged = append(merged, now)
		}
	}
	for i, rule := range set {
		_, present := ruleFor(merged, rule.Pattern)
		if !present && !slices.Contains(seen, ruleKey(rule)) {
			merged = slices.Insert(merged, placeOfRule(merged, set[:i]), rule)
		}
	}
	return merged
}

func ruleFor(rules []content.DocumentRule, pattern string) (content.DocumentRule, bool) {
	at := slices.IndexFunc(rules, func(rule content.DocumentRule) bool { return rule.Pattern == pattern })
	if at < 0 {
		return content.DocumentRule{}, false
	}
	return rules[at], true
}

// placeOfRule returns the place after the nearest of the rules that the template set has before a new one: the first rule that
// matches decides.
func placeOfRule(rules, before []content.DocumentRule) int {
	for i := len(before) - 1; i >= 0; i-- {
		same := func(rule content.DocumentRule) bool { return rule.Pattern == before[i].Pattern }
		if at := slices.IndexFunc(rules, same); at >= 0 {
			return at + 1
		}
	}
	return 0
}
