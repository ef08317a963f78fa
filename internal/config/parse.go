package config

import (
	"math"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"metronome/internal/calendar"
	"metronome/internal/failure"
	"metronome/internal/ledger"
	"metronome/internal/provider/kind"
	"metronome/internal/strictyaml"
	"metronome/internal/tempo"
)

// Bounds of the numbers; the JSON schema repeats them.
const (
	minRate    = 0.001
	maxRate    = 100_000
	maxBurst   = 100_000
	maxWorkers = 1_000
	maxBudget  = 1_000_000_000_000
	minTarget  = time.Second
	maxTarget  = time.Hour
	minBeat    = 100 * time.Millisecond
	maxBeat    = time.Hour
)

var (
	poolName     = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)
	calendarName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$`)
)

// Parse reads metronome.yaml. The file's name appears in problems, and relative paths resolve against its folder.
func Parse(file string, data []byte) (Config, error) {
	return parse(file, filepath.Dir(file), data)
}

func parse(file, dir string, data []byte) (Config, error) {
	c := Config{
		Calendars: map[string]calendar.Spec{},
		Batch:     Batch{Target: DefaultBatchTarget},
		Beat:      Beat{Min: tempo.DefaultMinBeat, Max: tempo.DefaultMaxBeat},
	}
	err := strictyaml.Read(file, data, failure.Config, func(root strictyaml.Value) {
		root.Object(strictyaml.Fields{
			"ledger":    strictyaml.Required(func(v strictyaml.Value) { c.Ledger = readLedger(v, dir) }),
			"rclone":    strictyaml.Required(func(v strictyaml.Value) { c.Rclone = readPath(v, dir) }),
			"pools":     strictyaml.Required(func(v strictyaml.Value) { c.Pools = readPools(v) }),
			"calendars": strictyaml.Optional(func(v strictyaml.Value) { c.Calendars = readCalendars(v) }),
			"batch":     strictyaml.Optional(func(v strictyaml.Value) { readBatch(v, &c.Batch) }),
			"beat":      strictyaml.Optional(func(v strictyaml.Value) { readBeat(v, &c.Beat) }),
		})
	})
	if err != nil {
		return Config{}, err
	}
	return c, nil
}

// readLedger reads the ledger's URL; that of a folder becomes absolute.
func readLedger(v strictyaml.Value, dir string) string {
	text, ok := v.Text()
	if !ok {
		return ""
	}
	location, problems := ledger.ParseLocation(text)
	for _, problem := range problems {
		v.ReportProblem(problem)
	}
	return location.In(dir).String()
}

func readPath(v strictyaml.Value, dir string) string {
	path, ok := v.Text()
	if !ok {
		return ""
	}
	return resolve(dir, path)
}

func resolve(dir, path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(dir, path)
}

func readPools(v strictyaml.Value) map[string]Pool {
	pools := map[string]Pool{}
	v.Entries(func(name string, at, value strictyaml.Value) {
		if !poolName.MatchString(name) {
			at.Report("a-z, 0-9 and '-', at most 40, beginning with a letter or digit", "not a pool's name")
		}
		pools[name] = readPool(value)
	})
	if v.IsMapping() && len(pools) == 0 {
		v.Report("every entity belongs to a pool", "there is no pool")
	}
	return pools
}

func readPool(v strictyaml.Value) Pool {
	p := Pool{MaxWorkers: DefaultMaxWorkers}
	var serial *bool
	v.Object(strictyaml.Fields{
		"provider":          strictyaml.Required(func(v strictyaml.Value) { p.Provider = readProvider(v) }),
		"remoteType":        strictyaml.Optional(func(v strictyaml.Value) { p.RemoteType, _ = v.OneOf(kind.RemoteTypes()...) }),
		"requestsPerSecond": strictyaml.Optional(func(v strictyaml.Value) { p.RequestsPerSecond, _ = v.Float(minRate, maxRate) }),
		"burst":             strictyaml.Optional(func(v strictyaml.Value) { p.Burst = readCount(v, maxBurst) }),
		"maxWorkers":        strictyaml.Optional(func(v strictyaml.Value) { p.MaxWorkers = readCount(v, maxWorkers) }),
		"account":           strictyaml.Optional(func(v strictyaml.Value) { p.Account = readLimit(v) }),
		"budget":            strictyaml.Optional(func(v strictyaml.Value) { p.Budget = readBudget(v) }),
		"serialWrites": strictyaml.Optional(func(v strictyaml.Value) {
			if value, ok := v.Bool(); ok {
				serial = &value
			}
		}),
	})
	if p.Burst == 0 {
		p.Burst = usualBurst(p.RequestsPerSecond)
	}
	p.SerialWrites = kind.Of(p.Provider).SerialWrites
	if serial != nil {
		p.SerialWrites = *serial
	}
	return p
}

// usualBurst is the burst of a pool that names none: a quarter of a second's requests, since every worker needs one of it.
// Without a known rate there is no bound on it either.
func usualBurst(requestsPerSecond float64) int {
	if requestsPerSecond == 0 {
		return 0
	}
	return max(1, int(math.Ceil(requestsPerSecond/4)))
}

func readProvider(v strictyaml.Value) kind.Name {
	names := kind.Names()
	options := make([]string, len(names))
	for i, name := range names {
		options[i] = string(name)
	}
	name, _ := v.OneOf(options...)
	return kind.Name(name)
}

func readCount(v strictyaml.Value, most int64) int {
	count, _ := v.Int(1, most)
	return int(count)
}

func readLimit(v strictyaml.Value) Limit {
	limit := Limit{Burst: DefaultBurst}
	v.Object(strictyaml.Fields{
		"requestsPerSecond": strictyaml.Required(func(v strictyaml.Value) { limit.RequestsPerSecond, _ = v.Float(minRate, maxRate) }),
		"burst":             strictyaml.Optional(func(v strictyaml.Value) { limit.Burst = readCount(v, maxBurst) }),
	})
	return limit
}

func readBudget(v strictyaml.Value) Budget {
	var budget Budget
	v.Object(strictyaml.Fields{
		"day":   strictyaml.Optional(func(v strictyaml.Value) { budget.Day, _ = v.Int(1, maxBudget) }),
		"month": strictyaml.Optional(func(v strictyaml.Value) { budget.Month, _ = v.Int(1, maxBudget) }),
	})
	return budget
}

func readCalendars(v strictyaml.Value) map[string]calendar.Spec {
	calendars := map[string]calendar.Spec{}
	v.Entries(func(name string, at, value strictyaml.Value) {
		if !calendarName.MatchString(name) {
			at.Report("letters, digits, '-' and '_', at most 40, beginning with a letter or digit", "not a calendar's name")
		}
		calendars[name] = readCalendar(value)
	})
	return calendars
}

func readCalendar(v strictyaml.Value) calendar.Spec {
	var spec calendar.Spec
	v.Object(strictyaml.Fields{
		"country":  strictyaml.Optional(func(v strictyaml.Value) { spec.Country, _ = v.OneOf(calendar.Countries()...) }),
		"holidays": strictyaml.Optional(func(v strictyaml.Value) { spec.Holidays = readDays(v, spec.Workdays) }),
		"workdays": strictyaml.Optional(func(v strictyaml.Value) { spec.Workdays = readDays(v, spec.Holidays) }),
		"weekend":  strictyaml.Optional(func(v strictyaml.Value) { spec.Weekend = readWeekend(v) }),
	})
	return spec
}

var weekdays = []string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}

// readWeekend reads one to six different weekdays.
func readWeekend(v strictyaml.Value) []time.Weekday {
	var weekend []time.Weekday
	items := 0
	v.Each(func(_ int, item strictyaml.Value) {
		items++
		name, ok := item.OneOf(weekdays...)
		weekday := time.Weekday(slices.Index(weekdays, name))
		switch {
		case !ok:
		case slices.Contains(weekend, weekday):
			item.Report("keep one of them", "the weekday is there twice")
		default:
			weekend = append(weekend, weekday)
		}
	})
	if v.IsList() && (items == 0 || len(weekend) == len(weekdays)) {
		v.Report("leave weekend out for Saturday and Sunday", "want one to six weekdays")
	}
	return weekend
}

// readDays reads a list of days, none of which may be in taken.
func readDays(v strictyaml.Value, taken []time.Time) []time.Time {
	var days []time.Time
	v.Each(func(_ int, item strictyaml.Value) {
		day, ok := item.Date()
		switch {
		case !ok:
		case slices.Contains(days, day):
			item.Report("keep one of them", "the day is there twice")
		case slices.Contains(taken, day):
			item.Report("keep one of them", "the day is a holiday and a workday")
		default:
			days = append(days, day)
		}
	})
	return days
}

func readBatch(v strictyaml.Value, batch *Batch) {
	v.Object(strictyaml.Fields{
		"target": strictyaml.Optional(func(v strictyaml.Value) { batch.Target, _ = v.Duration(minTarget, maxTarget) }),
	})
}

func readBeat(v strictyaml.Value, beat *Beat) {
	valid := true
	read := func(into *time.Duration) strictyaml.Field {
		return strictyaml.Optional(func(v strictyaml.Value) {
			value, ok := v.Duration(minBeat, maxBeat)
			*into, valid = value, valid && ok
		})
	}
	v.Object(strictyaml.Fields{"min": read(&beat.Min), "max": read(&beat.Max)})
	if valid && beat.Min > beat.Max {
		v.Report("", "min %s is above max %s", beat.Min, beat.Max)
	}
}
