package catalog

import (
	"metronome/internal/entity"
)

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
		d.report(fieldNames[f], value, found.message, found.hint)
	}
}

func (d *lineDecoder) remoteFlaw(e *entity.Entity) flaw {
	return remoteFlaw(e, d.pools[e.Pool], d.remotes, func(name string) flaw { return d.known[fieldRemote].lookText(name).flaw })
}
