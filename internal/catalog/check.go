package catalog

import (
	"maps"
	"slices"
	"time"

	"metronome/internal/entity"
	"metronome/internal/strictyaml"
)

// flaw is what is wrong with a value, and what to do. The zero value is no flaw.
type flaw struct {
	message string
	hint    string
}

// interned is a text that repeats in the catalog, with what is wrong with it.
type interned struct {
	text string
	flaw flaw
}

// interner checks each text of a field once, and keeps it.
type interner struct {
	check func(text string) flaw
	texts map[string]interned
}

// interners are those of the fields that repeat, indexed by field.
type interners [fieldClose + 1]*interner

func newInterners(known Known) interners {
	var all interners
	all[fieldRemote] = newInterner(remoteNameCheck(known.Remotes))
	all[fieldPool] = newInterner(oneOf("unknown pool", slices.Collect(maps.Keys(known.Pools))))
	all[fieldTemplates] = newInterner(oneOf("unknown template set", known.Templates))
	all[fieldCalendar] = newInterner(oneOf("unknown calendar", known.Calendars))
	all[fieldTimezone] = newInterner(timezoneFlaw)
	all[fieldState] = newInterner(oneOf("unknown state", []string{string(entity.Active), string(entity.Inactive)}))
	all[fieldClose] = newInterner(oneOf("unknown convention", []string{string(entity.StandardClose), string(entity.NonClose)}))
	return all
}

func newInterner(check func(string) flaw) *interner {
	return &interner{check: check, texts: map[string]interned{}}
}

// get returns the kept text that equals the given bytes.
func (v *interner) get(text []byte) interned {
	if found, ok := v.texts[string(text)]; ok {
		return found
	}
	return v.add(string(text))
}

// getString is get for a text that is part of a kept one.
func (v *interner) getString(text string) interned {
	if found, ok := v.texts[text]; ok {
		return found
	}
	return v.add(text)
}

func (v *interner) add(text string) interned {
	added := interned{text: text, flaw: v.check(text)}
	v.texts[text] = added
	return added
}

func oneOf(message string, options []string) func(string) flaw {
	options = slices.Sorted(slices.Values(options))
	return func(text string) flaw {
		if slices.Contains(options, text) {
			return flaw{}
		}
		return flaw{message, strictyaml.DidYouMean(text, options)}
	}
}

func timezoneFlaw(text string) flaw {
	if _, err := time.LoadLocation(text); err != nil || text == "" || text == "Local" {
		return flaw{"unknown time zone", "an IANA name, like America/New_York"}
	}
	return flaw{}
}

// check reports what is wrong with the values of a decoded entity.
func (d *lineDecoder) check(e *entity.Entity) {
	if d.valid[fieldID] {
		if _, err := entity.ParseID(string(e.ID)); err != nil {
			d.reportFlaw(fieldID, string(e.ID), flaw{"not an entity's id",
				"1 to 100 of a-z, 0-9, '-', '_', '.', beginning with a letter or digit"})
		}
	}
	d.checkField(fieldName, e.Name, nameFlaw)
	d.checkField(fieldAccount, e.Account, nameFlaw)
	d.checkField(fieldRemote, e.Remote, func(string) flaw { return d.remoteFlaw(e) })
	for f := fieldPool; f <= fieldClose; f++ {
		if d.valid[f] {
			d.reportFlaw(f, d.repeated[f].text, d.repeated[f].flaw)
		}
	}
}

func (d *lineDecoder) checkField(f field, text string, check func(string) flaw) {
	if d.valid[f] {
		d.reportFlaw(f, text, check(text))
	}
}

func (d *lineDecoder) reportFlaw(f field, value string, found flaw) {
	if found.message != "" {
		d.report(lineKeys[f].name, value, found.message, found.hint)
	}
}

func (d *lineDecoder) remoteFlaw(e *entity.Entity) flaw {
	return remoteFlaw(e, d.pools[e.Pool], d.remotes, func(name string) flaw { return d.known[fieldRemote].getString(name).flaw })
}
