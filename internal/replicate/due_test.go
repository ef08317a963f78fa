package replicate

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/internal/config"
	"metronome/internal/content"
	"metronome/internal/entity"
	"metronome/internal/ledger"
	"metronome/internal/period"
	"metronome/internal/site"
)

// due makes a template set with one item; no rule: it is due in no month but December.
func due(rule string) content.TemplateSet {
	item := content.Item{ID: "c1", Frequency: content.Monthly, Preparers: []content.Assignee{{Name: "Ann", Due: rule}}}
	if rule == "" {
		item.Frequency, item.Preparers[0].Due = content.Annual, "BD1"
	}
	return content.TemplateSet{Checklist: content.ChecklistSet{Items: []content.Item{item}}}
}

func TestFirstDue(t *testing.T) {
	t.Parallel()
	sets := map[string]content.TemplateSet{"early": due("BD1"), "late": due("BD2"), "never": due("")}
	at := func(templates, zone string) entity.Entity {
		return entity.Entity{Templates: templates, Calendar: "US", Timezone: zone, FiscalYearEnd: 12}
	}
	for name, test := range map[string]struct {
		chosen   []entity.Entity
		date, at string
	}{
		"a day begins in the entity's zone": {
			[]entity.Entity{at("early", "America/Los_Angeles")}, "2026-12-01", "2026-12-01T08:00:00Z",
		},
		"the earlier rule": {
			[]entity.Entity{at("late", "UTC"), at("early", "UTC"), at("never", "UTC")}, "2026-12-01", "2026-12-01T00:00:00Z",
		},
		"the same day begins in the east first": {
			[]entity.Entity{at("early", "America/New_York"), at("early", "Asia/Tokyo")}, "2026-12-01", "2026-11-30T15:00:00Z",
		},
		"of days that begin at once, the earlier one": {
			[]entity.Entity{at("late", "Pacific/Kiritimati"), at("early", "Pacific/Honolulu")}, "2026-12-01", "2026-12-01T10:00:00Z",
		},
		"nothing is due": {chosen: []entity.Entity{at("never", "UTC")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first, err := firstDue(site.New(config.Config{}, ledger.NewMemory()), sets, test.chosen, period.New(2026, 11))
			require.NoError(t, err)
			require.Equal(t, test.date, first.date)
			if test.at == "" {
				require.True(t, first.at.IsZero())
			} else {
				require.Equal(t, test.at, first.at.Format(time.RFC3339))
			}
		})
	}
}

// TestInTimeWhileTheDueDayHasNotBegunThere plans at 00:27 UTC of the due day, which in Los Angeles is the day before.
func TestInTimeWhileTheDueDayHasNotBegunThere(t *testing.T) {
	t.Parallel()
	begins := time.Date(2027, 1, 4, 8, 0, 0, 0, time.UTC)
	g := &Grouping{Period: period.New(2026, 12), firstDue: dueDate{"2027-01-04", begins}}
	require.True(t, g.Plan(time.Date(2027, 1, 4, 0, 27, 0, 0, time.UTC)).InTime)
	require.False(t, g.Plan(begins).InTime)
	require.True(t, (&Grouping{Period: g.Period}).Plan(begins).InTime, "nothing is due")
}
