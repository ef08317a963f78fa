package rollforward

import (
	"strings"

	"metronome/internal/content"
)

// styleOf gives the style of the names that a template set makes.
func styleOf(set content.TemplateSet) content.NameStyle {
	texts := append([]string{set.Checklist.Workbook}, set.Folders...)
	has := func(token string) bool {
		for _, text := range texts {
			if strings.Contains(text, token) {
				return true
			}
		}
		return false
	}
	return content.NameStyle{
		ShortMonths: has("{Mon}") && !has("{Month}"),
		FiscalYears: has("{FYYY}") && !has("{YYYY}"),
	}
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

// looksLikeYear tells whether four digits could be a year of somebody's books.
func looksLikeYear(text string) bool {
	return len(text) == 4 && text >= "1900" && text < "2200" && strings.Trim(text, "0123456789") == ""
}
