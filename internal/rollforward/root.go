package rollforward

import (
	"strings"

	"metronome/internal/failure"
	"metronome/internal/period"
)

// periodRoot returns the folder that holds the period alone. It is the base's rolled forward while all of the period's folders
// lie in it; else the deepest folder above all of them. Folders that every month shares, such as a permanent file, do not
// count.
func periodRoot(priorRoot string, folders, foldersWithFiles []string, names NameRoller) (string, error) {
	var common []string
	found := false
	for _, folder := range append(leaves(folders), foldersWithFiles...) {
		if !names.isMonthSpecific(folder) {
			continue
		}
		parts := strings.Split(folder, "/")
		if !found {
			common, found = parts, true
		}
		common = commonPrefix(common, parts)
	}
	root := strings.Join(common, "/")
	if priorRoot != "" && names.isMonthSpecific(priorRoot) && (root == "" || !names.isMonthSpecific(root) || isWithin(priorRoot, root)) {
		return priorRoot, nil
	}
	if root == "" || !names.isMonthSpecific(root) {
		return "", failure.New(failure.Data, "folders", "", "begin the folders with the period, such as {YYYY}/{MM} {Month}",
			"no folder holds the period %s alone", names.From)
	}
	return root, nil
}

// leaves returns the folders that have no folders below.
func leaves(folders []string) []string {
	above := make(map[string]bool, len(folders))
	for _, folder := range folders {
		if at := strings.LastIndex(folder, "/"); at >= 0 {
			above[folder[:at]] = true
		}
	}
	var found []string
	for _, folder := range folders {
		if !above[folder] {
			found = append(found, folder)
		}
	}
	return found
}

func commonPrefix(a, b []string) []string {
	for i := range a {
		if i == len(b) || a[i] != b[i] {
			return a[:i]
		}
	}
	return a
}

// isWithin reports whether a path is a folder or lies below it.
func isWithin(folder, path string) bool {
	return path == folder || strings.HasPrefix(path, folder+"/")
}

// isMonthSpecific reports whether a path of the from period differs from the one of another month in the same quarter: a path
// that names no more than the year or the quarter does not.
func (n NameRoller) isMonthSpecific(path string) bool {
	n.To = otherMonth(n.From, n.Periods)
	return n.Roll(path) != path
}

// otherMonth returns another month of the same calendar quarter, of the same fiscal quarter too where there is one.
func otherMonth(p period.Period, periods period.Calendar) period.Period {
	first := period.New(p.Year(), (p.Month()-1)/3*3+1)
	other := p
	for _, candidate := range []period.Period{first, periods.Next(first), periods.Next(periods.Next(first))} {
		if candidate == p {
			continue
		}
		other = candidate
		if periods.FiscalQuarter(candidate) == periods.FiscalQuarter(p) {
			break
		}
	}
	return other
}
