package rollforward

import (
	"slices"
	"strings"

	"metronome/internal/content"
	"metronome/internal/failure"
	"metronome/internal/period"
)

// Folders makes the folder tree of a period: the base's rolled forward, with what the template set has since; of the set
// alone where there is no base. It fails with a Data error where two folders would become one, where a template cannot be
// expanded, and where no folder holds the period alone.
func Folders(base *content.Folders, set content.TemplateSet, to period.Period, periods period.Calendar,
) (content.Folders, error) {
	if base == nil {
		base = &content.Folders{Period: periods.Prior(to), SeenTemplates: []string{}, Style: styleFromTemplates(set)}
	}
	names := NameRoller{From: base.Period, To: to, Periods: periods, Style: withAccounts(base.Style, set)}
	if err := checkBase("folders.json", base.Period, to); err != nil {
		return content.Folders{}, err
	}
	roller := names.newRoller()
	made := newTree()
	for _, folder := range unique(base.Paths) {
		if err := made.addFromSource(roller.roll(folder), folder); err != nil {
			return content.Folders{}, err
		}
	}
	added, err := addTemplates(made, base, set, to, periods)
	if err != nil {
		return content.Folders{}, err
	}
	rolled := content.Folders{Version: content.Version, Period: to, Paths: made.paths, Style: roller.nextStyle()}
	rolled.SeenTemplates = union(base.SeenTemplates, set.Folders)
	ownNames := NameRoller{From: to, Periods: periods, Style: rolled.Style}
	rolled.Root, err = periodRoot(names.Roll(base.Root), made.paths, added, ownNames)
	return rolled, err
}

// addTemplates adds the folders of the patterns that the base has not seen. It gives the folders that the set's workbooks
// lie in, where all of the set is new.
func addTemplates(made *tree, base *content.Folders, set content.TemplateSet, to period.Period, periods period.Calendar,
) ([]string, error) {
	for _, pattern := range unseen(base.SeenTemplates, set.Folders) {
		folder, err := Expand(pattern, to, periods)
		if err != nil {
			return nil, err
		}
		if made.has(folder) {
			continue
		}
		if err := made.addFromSource(folder, pattern); err != nil {
			return nil, err
		}
	}
	if len(base.Paths) > 0 {
		return nil, nil
	}
	return workbookFolders(set, to, periods)
}

// workbookFolders returns the folders that a template set's workbooks lie in.
func workbookFolders(set content.TemplateSet, to period.Period, periods period.Calendar) ([]string, error) {
	patterns := []string{set.Checklist.Workbook}
	for _, item := range set.Reconciliations.Items {
		patterns = append(patterns, item.Workbook)
	}
	var folders []string
	for _, pattern := range patterns {
		at := strings.LastIndex(pattern, "/")
		if at < 0 {
			continue
		}
		folder, err := Expand(pattern[:at], to, periods)
		if err != nil {
			return nil, err
		}
		folders = append(folders, folder)
	}
	return folders, nil
}

// checkBase fails where a base is not of an earlier period: rolling backwards would undo names.
func checkBase(document string, base, to period.Period) error {
	if base.IsZero() || base.String() >= to.String() {
		return failure.New(failure.Data, document, base.String(), "", "the base of %s must be an earlier period", to)
	}
	return nil
}

// unseen returns what of a template set is new to a base. A nil seen means that nobody knows: then nothing is new, because
// what the customer deleted must not come back.
func unseen(seen, all []string) []string {
	if seen == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(all), func(one string) bool { return slices.Contains(seen, one) })
}

// union returns what the next roll has seen: all that was ever in the template set, in its order of appearance.
func union(seen, all []string) []string { return unique(slices.Concat([]string{}, seen, all)) }

// unique drops repetitions and keeps the order.
func unique(all []string) []string {
	seen := make(map[string]bool, len(all))
	kept := make([]string, 0, len(all))
	for _, one := range all {
		if !seen[one] {
			seen[one] = true
			kept = append(kept, one)
		}
	}
	return kept
}
