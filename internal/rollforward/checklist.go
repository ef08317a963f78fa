package rollforward

import (
	"metronome/internal/calendar"
	"metronome/internal/content"
	"metronome/internal/entity"
	"metronome/internal/period"
)

// Checklist makes the checklist of a period: the base's items by their ids, cleared, with what the template set has since; of
// the set alone where there is no base. It fails with a Data error where a rule or a frequency cannot be read, and where a
// preparer would be due after a reviewer.
func Checklist(base *content.Checklist, set content.TemplateSet, target period.Period, e entity.Entity,
	working *calendar.Calendar,
) (content.Checklist, error) {
	if base == nil {
		base = &content.Checklist{Period: e.PeriodCalendar().Prior(target), Seen: []string{}, Style: styleOf(set)}
	}
	if err := checkBase("checklist.json", base.Period, target); err != nil {
		return content.Checklist{}, err
	}
	names := Names{From: base.Period, To: target, Periods: e.PeriodCalendar(), Style: withAccounts(base.Style, set)}
	roll := names.roller()
	workbook, err := rollWorkbook(roll, base.Workbook, set.Checklist.Workbook, names)
	if err != nil {
		return content.Checklist{}, err
	}
	rules := itemRoller[content.Item]{
		document: "checklist", target: target, entity: e, calendar: working, fieldsOf: fieldsOfItem,
		rollItem: func(item *content.Item) {
			item.Title = names.rollTitle(*item, set.Checklist.Items)
			item.Folder = roll.roll(item.Folder)
		},
		expandTemplate: func(item *content.Item) error { return expandAll(target, names.Periods, &item.Title, &item.Folder) },
	}
	rolled, err := rules.roll(itemList[content.Item]{base.Items, base.Remembered, base.Seen}, set.Checklist.Items)
	return content.Checklist{
		Version: content.Version, Period: target, Workbook: workbook, Items: rolled.items, Remembered: rolled.remembered,
		Seen: rolled.seen, PriorWorkbook: base.Workbook, Style: roll.nextStyle(),
	}, err
}

// rollWorkbook rolls the path of a workbook, or takes it from the template where the base has none.
func rollWorkbook(roll *roller, prior, template string, names Names) (string, error) {
	if prior != "" {
		return roll.roll(prior), nil
	}
	return Expand(template, names.To, names.Periods)
}

// rollTitle makes an item's title again where it is the template's, and rolls it where somebody wrote it.
func (n Names) rollTitle(item content.Item, templates []content.Item) string {
	for _, template := range templates {
		if template.ID != item.ID {
			continue
		}
		if prior, err := Expand(template.Title, n.From, n.Periods); err != nil || prior != item.Title {
			break
		}
		if title, err := Expand(template.Title, n.To, n.Periods); err == nil {
			return title
		}
	}
	n.Style.ShortMonths = false // of paths; sentences write months in full
	return n.RollText(item.Title)
}

// expandAll puts a period into several texts of a template.
func expandAll(target period.Period, periods period.Calendar, texts ...*string) error {
	for _, text := range texts {
		expanded, err := Expand(*text, target, periods)
		if err != nil {
			return err
		}
		*text = expanded
	}
	return nil
}

func fieldsOfItem(item *content.Item) commonFields {
	return commonFields{
		id: item.ID, section: item.Section, frequency: item.Frequency, preparers: &item.Preparers, reviewers: &item.Reviewers,
		resting: &item.Resting, status: &item.Status, signOffs: &item.SignOffs, comments: &item.Comments,
	}
}
