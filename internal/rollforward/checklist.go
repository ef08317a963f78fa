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
func Checklist(base *content.Checklist, set content.TemplateSet, to period.Period, e entity.Entity,
	workdays *calendar.Calendar,
) (content.Checklist, error) {
	if base == nil {
		base = &content.Checklist{Period: e.PeriodCalendar().Prior(to), SeenTemplates: []string{}, Style: styleFromTemplates(set)}
	}
	if err := checkBase("checklist.json", base.Period, to); err != nil {
		return content.Checklist{}, err
	}
	names := NameRoller{From: base.Period, To: to, Periods: e.PeriodCalendar(), Style: withAccounts(base.Style, set)}
	roller := names.newRoller()
	workbook, err := rollWorkbook(roller, base.Workbook, set.Checklist.Workbook, names)
	if err != nil {
		return content.Checklist{}, err
	}
	rules := itemRoller[content.Item]{
		document: "checklist", to: to, entity: e, calendar: workdays, fieldsOf: fieldsOfItem,
		rollItem: func(item *content.Item) {
			item.Title = names.rollTitle(*item, set.Checklist.Items)
			item.Folder = roller.roll(item.Folder)
		},
		expandTemplate: func(item *content.Item) error { return expandAll(to, names.Periods, &item.Title, &item.Folder) },
	}
	rolled, err := rules.roll(itemList[content.Item]{base.Items, base.NotDue, base.SeenTemplates}, set.Checklist.Items)
	return content.Checklist{
		Version: content.Version, Period: to, Workbook: workbook, Items: rolled.items, NotDue: rolled.notDue,
		SeenTemplates: rolled.seenTemplates, PriorWorkbook: base.Workbook, Style: roller.nextStyle(),
	}, err
}

// rollWorkbook rolls the path of a workbook, or takes it from the template where the base has none.
func rollWorkbook(roller *roller, prior, template string, names NameRoller) (string, error) {
	if prior != "" {
		return roller.roll(prior), nil
	}
	return Expand(template, names.To, names.Periods)
}

// rollTitle makes an item's title again where it is the template's, and rolls it where somebody wrote it.
func (n NameRoller) rollTitle(item content.Item, templates []content.Item) string {
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
func expandAll(to period.Period, periods period.Calendar, texts ...*string) error {
	for _, text := range texts {
		expanded, err := Expand(*text, to, periods)
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
		notDue: &item.NotDue, status: &item.Status, signOffs: &item.SignOffs, comments: &item.Comments,
	}
}
