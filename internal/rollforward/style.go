package rollforward

import (
	"strings"

	"metronome/internal/content"
)

// styleFromTemplates returns the style of the names that a template set makes.
func styleFromTemplates(set content.TemplateSet) content.NameStyle {
	var style content.NameStyle
	var fullMonths, calendarYears bool
	for _, text := range append([]string{set.Checklist.Workbook}, set.Folders...) {
		for name := range strings.SplitSeq(text, "/") {
			style.ShortMonths = style.ShortMonths || strings.Contains(name, "{Mon}")
			fullMonths = fullMonths || strings.Contains(name, "{Month}")
			style.FiscalYears = style.FiscalYears || isBareYear(name, "{FYYY}")
			calendarYears = calendarYears || isBareYear(name, "{YYYY}")
		}
	}
	style.ShortMonths = style.ShortMonths && !fullMonths
	style.FiscalYears = style.FiscalYears && !calendarYears
	return style
}

// isBareYear reports whether a name has a year that neither FY nor a month or quarter beside it explains.
func isBareYear(name, token string) bool {
	at := strings.Index(name, token)
	if at < 0 || strings.HasSuffix(strings.TrimRight(strings.ToUpper(name[:at]), " -_"), "FY") {
		return false
	}
	for _, other := range []string{"{MM}", "{Month}", "{Mon}", "{Q}", "{FQ}"} {
		if strings.Contains(name, other) {
			return false
		}
	}
	return true
}

// withAccounts adds a template set's account numbers that could be years to a style.
func withAccounts(style content.NameStyle, set content.TemplateSet) content.NameStyle {
	accounts := append([]string{}, style.Accounts...)
	for _, item := range set.Reconciliations.Items {
		if looksLikeYear(item.Account) {
			accounts = append(accounts, item.Account)
		}
	}
	style.Accounts = nil
	if len(accounts) > 0 {
		style.Accounts = unique(accounts)
	}
	return style
}

// looksLikeYear reports whether four digits could be a year of somebody's books.
func looksLikeYear(text string) bool {
	return len(text) == 4 && text >= "1900" && text < "2200" && strings.Trim(text, "0123456789") == ""
}
