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

// word is a text that repeats in the catalog, with the verdict on it.
type word struct {
	text string
	flaw flaw
}

// vocabulary judges each text of a field once.
type vocabulary struct {
	judge func(text string) flaw
	words map[string]word
}

// vocabularies are those of the fields that repeat, indexed by field.
type vocabularies [fieldClose + 1]*vocabulary

func newVocabularies(known Known) vocabularies {
	var all vocabularies
	all[fieldRemote] = newVocabulary(remoteNames(known.Remotes))
	all[fieldPool] = newVocabulary(oneOf("unknown pool", slices.Collect(maps.Keys(known.Pools))))
	all[fieldTemplates] = newVocabulary(oneOf("unknown template set", known.Templates))
	all[fieldCalendar] = newVocabulary(oneOf("unknown calendar", known.Calendars))
	all[fieldTimezone] = newVocabulary(judgeTimezone)
	all[fieldState] = newVocabulary(oneOf("unknown state", []string{string(entity.Active), string(entity.Inactive)}))
	all[fieldClose] = newVocabulary(oneOf("unknown convention", []string{string(entity.StandardClose), string(entity.NonClose)}))
	return all
}

func newVocabulary(judge func(string) flaw) *vocabulary {
	return &vocabulary{judge: judge, words: map[string]word{}}
}

// look gives the kept text that equals the given bytes, and the verdict on it.
func (v *vocabulary) look(text []byte) word {
	if found, ok := v.words[string(text)]; ok {
		return found
	}
	return v.learn(string(text))
}

// lookText is look for a text that is part of a kept one.
func (v *vocabulary) lookText(text string) word {
	if found, ok := v.words[text]; ok {
		return found
	}
	return v.learn(text)
}

func (v *vocabulary) learn(text string) word {
	learned := word{text: text, flaw: v.judge(text)}
	v.words[text] = learned
	return learned
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

func judgeTimezone(text string) flaw {
	if _, err := time.LoadLocation(text); err != nil || text == "" || text == "Local" {
		return flaw{"unknown time zone", "an IANA name, like America/New_York"}
	}
	return flaw{}
}

// check judges the values of a decoded entity.
func (d *lineDecoder) check(e *entity.Entity) {
	if d.usable[fieldID] {
		if _, err := entity.ParseID(string(e.ID)); err != nil {
			d.flawed(fieldID, string(e.ID), flaw{"not an entity's id",
				"1 to 100 of a-z, 0-9, '-', '_', '.', beginning with a letter or digit"})
		}
	}
	d.judge(fieldName, e.Name, nameFlaw)
	d.judge(fieldAccount, e.Account, nameFlaw)
	d.judge(fieldRemote, e.Remote, func(string) flaw { return d.remoteFlaw(e) })
	for f := fieldPool; f <= fieldClose; f++ {
		if d.usable[f] {
			d.flawed(f, d.repeated[f].text, d.repeated[f].flaw)
		}
	}
}

func (d *lineDecoder) judge(f field, text string, judge func(string) flaw) {
	if d.usable[f] {
		d.flawed(f, text, judge(text))
	}
}

func (d *lineDecoder) flawed(f field, value string, found flaw) {
	if found.message != "" {
		d.report(lineKeys[f].name, value, found.message, found.hint)
	}
}

func (d *lineDecoder) remoteFlaw(e *entity.Entity) flaw {
	return remoteFlaw(e, d.pools[e.Pool], d.remotes, func(name string) flaw { return d.known[fieldRemote].lookText(name).flaw })
}
