package catalog

import (
	"maps"
	"slices"
	"time"

	"metronome/internal/entity"
	"metronome/internal/strictyaml"
)

// problem is what is wrong with a value, and what to do. The zero value is no problem.
type problem struct {
	message string
	hint    string
}

// interned is a text that repeats in the catalog, with what is wrong with it.
type interned struct {
	text    string
	problem problem
}

// interner checks each text of a field once, and keeps it.
type interner struct {
	check func(text string) problem
	texts map[string]interned
}

// interners are those of the fields that repeat, indexed by field.
type interners [fieldClose + 1]*interner

func newInterners(known KnownNames) interners {
	var all interners
	all[fieldRemote] = newInterner(remoteNameChecker(known.Remotes))
	all[fieldPool] = newInterner(oneOf("unknown pool", slices.Collect(maps.Keys(known.Pools))))
	all[fieldTemplates] = newInterner(oneOf("unknown template set", known.Templates))
	all[fieldCalendar] = newInterner(oneOf("unknown calendar", known.Calendars))
	all[fieldTimezone] = newInterner(checkTimezone)
	all[fieldState] = newInterner(oneOf("unknown state", []string{string(entity.Active), string(entity.Inactive)}))
	all[fieldClose] = newInterner(oneOf("unknown convention", []string{string(entity.StandardClose), string(entity.NonClose)}))
	return all
}

func newInterner(check func(string) problem) *interner {
	return &interner{check: check, texts: map[string]interned{}}
}

// get returns the kept text that equals the given bytes.
func (in *interner) get(text []byte) interned {
	if found, ok := in.texts[string(text)]; ok {
		return found
	}
	return in.add(string(text))
}

// getString is get for a text that is part of a kept one.
func (in *interner) getString(text string) interned {
	if found, ok := in.texts[text]; ok {
		return found
	}
	return in.add(text)
}

func (in *interner) add(text string) interned {
	added := interned{text: text, problem: in.check(text)}
	in.texts[text] = added
	return added
}

func oneOf(message string, options []string) func(string) problem {
	options = slices.Sorted(slices.Values(options))
	return func(text string) problem {
		if slices.Contains(options, text) {
			return problem{}
		}
		return problem{message, strictyaml.DidYouMean(text, options)}
	}
}

func checkTimezone(text string) problem {
	if _, err := time.LoadLocation(text); err != nil || text == "" || text == "Local" {
		return problem{"unknown time zone", "an IANA name, like America/New_York"}
	}
	return problem{}
}

// check reports what is wrong with the values of a decoded entity.
func (d *lineDecoder) check(e *entity.Entity) {
	if d.valid[fieldID] {
		if _, err := entity.ParseID(string(e.ID)); err != nil {
			d.reportProblem(fieldID, string(e.ID), problem{"not an entity's id",
				"1 to 100 of a-z, 0-9, '-', '_', '.', beginning with a letter or digit"})
		}
	}
	d.checkField(fieldName, e.Name, checkName)
	d.checkField(fieldAccount, e.Account, checkName)
	d.checkField(fieldRemote, e.Remote, func(string) problem { return d.checkRemote(e) })
	for f := fieldPool; f <= fieldClose; f++ {
		if d.valid[f] {
			d.reportProblem(f, d.internedValues[f].text, d.internedValues[f].problem)
		}
	}
}

func (d *lineDecoder) checkField(f field, text string, check func(string) problem) {
	if d.valid[f] {
		d.reportProblem(f, text, check(text))
	}
}

func (d *lineDecoder) reportProblem(f field, value string, found problem) {
	if found.message != "" {
		d.report(lineKeys[f].name, value, found.message, found.hint)
	}
}

func (d *lineDecoder) checkRemote(e *entity.Entity) problem {
	return checkRemoteAndPath(e, d.pools[e.Pool], d.remotes, func(name string) problem { return d.interners[fieldRemote].getString(name).problem })
}
