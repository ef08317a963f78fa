package catalog

import (
	"strings"

	"metronome/internal/entity"
	"metronome/internal/provider/kind"
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
	d.judge(fieldRemote, e.Remote, d.remoteFlaw)
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

// remoteFlaw judges "remote:path".
func (d *lineDecoder) remoteFlaw(remote string) flaw {
	name, path, found := strings.Cut(remote, ":")
	if !found || name == "" || strings.ContainsAny(name, "/\\,") {
		return flaw{"want a remote of the rclone configuration and a path", "box-acme:Close/Acme"}
	}
	verdict := d.known[fieldRemote].lookText(name)
	if verdict.flaw.message != "" {
		return verdict.flaw
	}
	return remotePathFlaw(path, kind.ByRemote(d.types[name]))
}

func remotePathFlaw(path string, of kind.Provider) flaw {
	switch {
	case path == "" && of.Buckets:
		return flaw{"names no bucket", "remote:bucket/path"}
	case path == "":
		return flaw{}
	case path[0] == '/' && !of.Absolute:
		return flaw{"the path is absolute", "leave the / after the colon out"}
	}
	return pathFlaw(strings.TrimPrefix(path, "/"), of.Paths)
}
