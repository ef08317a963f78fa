package catalog

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"metronome/internal/calendar"
	"metronome/internal/config"
	"metronome/internal/entity"
	"metronome/internal/period"
)

// Catalog is the checked content of catalog/entities.jsonl.
type Catalog struct {
	Entities []entity.Entity // in the file's order
}

// Active returns the entities that take part in runs, in the file's order.
func (c Catalog) Active() []entity.Entity {
	active := make([]entity.Entity, 0, len(c.Entities))
	for _, e := range c.Entities {
		if e.State == entity.Active {
			active = append(active, e)
		}
	}
	return active
}

// KnownNames is what a catalog may refer to.
type KnownNames struct {
	Pools     map[string]config.Pool
	Templates []string          // names of template sets
	Calendars []string          // names of calendars and country codes
	Remotes   map[string]string // rclone's type of each remote; nil where the rclone configuration was not read
}

// NewKnownNames gathers what a configuration, the template sets in the ledger and the rclone configuration make known.
func NewKnownNames(c config.Config, templates []string, remotes map[string]string) KnownNames {
	known := KnownNames{Pools: c.Pools, Templates: templates, Remotes: remotes, Calendars: calendar.HolidayCodes()}
	for name := range c.Calendars {
		known.Calendars = append(known.Calendars, name)
	}
	return known
}

// Encode writes entities.jsonl: one line per entity in the given order, the keys in the documented order. Equal entities
// give equal bytes.
func Encode(entities []entity.Entity) []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	for _, e := range entities {
		if err := encoder.Encode(e); err != nil {
			panic(err) // texts and numbers can always be written
		}
	}
	return b.Bytes()
}

// Convention is how entities count working days: a calendar, and whether they close after or inside the period.
type Convention struct {
	Name     string // of the calendar, for messages
	Calendar *calendar.Calendar
	Close    entity.CloseConvention
	Periods  period.Calendar
}

// Requirements is what the entities of a catalog ask of a template set.
type Requirements struct {
	Conventions []Convention      // by which its deadlines must be in order
	Periods     []period.Calendar // with which its names must roll
	Deepest     entity.ID         // the entity with the longest path on its remote
	Path        string            // that path
}

// defaultRequirements are those of a template set that no entity uses: US federal holidays, no folder above.
func defaultRequirements() Requirements {
	us, err := calendar.New(calendar.Spec{Country: "US"})
	if err != nil {
		panic(err) // the country is built in
	}
	return Requirements{Conventions: []Convention{{Name: "US", Calendar: us, Close: entity.StandardClose}}, Periods: []period.Calendar{period.MonthlyCalendar(12)}}
}

// Requirements returns what the catalog asks of each template set, by name. Calendars come from the function, which is
// asked once for each name.
func (c Catalog) Requirements(calendars func(name string) (*calendar.Calendar, error)) (map[string]Requirements, error) {
	type key struct {
		templates, calendar string
		close               entity.CloseConvention
	}
	seen := map[key]period.Calendar{} // any of them: months begin and end on the same days in every fiscal year
	needs := map[string]Requirements{}
	for _, e := range c.Entities {
		need := needs[e.Templates]
		need.add(e)
		needs[e.Templates] = need
		seen[key{e.Templates, e.Calendar, e.Close}] = e.PeriodCalendar()
	}
	for k, periods := range seen {
		calendar, err := calendars(k.calendar)
		if err != nil {
			return nil, fmt.Errorf("open calendar %q: %w", k.calendar, err)
		}
		need := needs[k.templates]
		need.Conventions = append(need.Conventions, Convention{
			Name: k.calendar, Calendar: calendar, Close: k.close, Periods: periods,
		})
		needs[k.templates] = need
	}
	for _, need := range needs {
		slices.SortFunc(need.Conventions, func(a, b Convention) int {
			return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Close, b.Close))
		})
	}
	return needs, nil
}

// add adds what an entity asks.
func (r *Requirements) add(e entity.Entity) {
	if periods := e.PeriodCalendar(); !slices.Contains(r.Periods, periods) {
		r.Periods = append(r.Periods, periods)
	}
	_, path, _ := strings.Cut(e.Remote, ":")
	if r.Deepest == "" || utf8.RuneCountInString(path) > utf8.RuneCountInString(r.Path) {
		r.Deepest, r.Path = e.ID, path
	}
}
