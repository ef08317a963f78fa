package config

import (
	"math"
	"path/filepath"
	"slices"
	"time"

	"metronome/internal/calendar"
	"metronome/internal/failure"
	"metronome/internal/ledger"
	"metronome/internal/provider/kind"
	"metronome/internal/strictyaml"
)

// Parse reads metronome.yaml. The file's name appears in problems, and relative paths resolve against its folder, absolute.
func Parse(file string, data []byte) (Config, error) {
	dir, err := filepath.Abs(filepath.Dir(file))
	if err != nil {
		return Config{}, failure.New(failure.Config, "", "", "", "find folder of %s: %w", file, err)
	}
	var c Config
	err = strictyaml.Read(file, data, failure.Config, func(root strictyaml.Value) { documentKeys.Read(root, &c) })
	if err != nil {
		return Config{}, err
	}
	c.Ledger = c.Ledger.In(dir)
	if !filepath.IsAbs(c.Rclone) {
		c.Rclone = filepath.Join(dir, c.Rclone)
	}
	c.Rclone = filepath.Clean(c.Rclone)
	return c, nil
}

// Schema returns the JSON schema (draft 2020-12) of metronome.yaml, for editors and for checks elsewhere. Parse checks more:
// the bounds of durations, that beat.min is not above beat.max, the ledger's URL, days that are both holiday and workday.
func Schema() []byte {
	s := documentKeys.Schema()
	s.Dialect, s.Title, s.Description = "https://json-schema.org/draft/2020-12/schema", "metronome.yaml", "Configuration of Metronome"
	return s.JSON()
}

func ledgerURL() strictyaml.Type[ledger.Location] {
	text := strictyaml.String()
	text.Schema.Pattern, text.Schema.MinLength = "^(file:|s3://).", 0
	return strictyaml.AndThen(text, func(v strictyaml.Value, url string) (ledger.Location, bool) {
		location, problems := ledger.ParseLocation(url)
		for _, problem := range problems {
			v.ReportProblem(problem)
		}
		return location, len(problems) == 0
	})
}

func pointer(_ strictyaml.Value, value bool) (*bool, bool) { return &value, true }

// completePool fills in the defaults that depend on other keys.
func completePool(_ strictyaml.Value, p pool) (Pool, bool) {
	if p.Burst == 0 {
		p.Burst = impliedBurst(p.RequestsPerSecond)
	}
	p.SerialWrites = kind.Of(p.Provider).SerialWrites
	if p.serialWrites != nil {
		p.SerialWrites = *p.serialWrites
	}
	return p.Pool, true
}

// impliedBurst is the burst of a pool that names none: a quarter of a second's requests, since every worker needs one of it.
// Without a known rate there is no bound on it either.
func impliedBurst(requestsPerSecond float64) int {
	if requestsPerSecond == 0 {
		return 0
	}
	return max(1, int(math.Ceil(requestsPerSecond/4)))
}

func orderedBeat(v strictyaml.Value, beat Beat) (Beat, bool) {
	if beat.Min > beat.Max {
		v.Report("", "min %s is above max %s", beat.Min, beat.Max)
		return beat, false
	}
	return beat, true
}

func calendarType() strictyaml.Type[calendar.Spec] {
	return strictyaml.AndThen(calendarKeys.Type(), func(v strictyaml.Value, spec calendar.Spec) (calendar.Spec, bool) {
		for _, day := range spec.Holidays {
			if slices.Contains(spec.Workdays, day) {
				v.Report("keep one of them", "%s is a holiday and a workday", day.Format(time.DateOnly))
				return spec, false
			}
		}
		return spec, true
	})
}

var weekdays = []string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}

func weekdayType() strictyaml.Type[time.Weekday] {
	return strictyaml.AndThen(strictyaml.Enum(weekdays...), func(_ strictyaml.Value, name string) (time.Weekday, bool) {
		return time.Weekday(slices.Index(weekdays, name)), true
	})
}
