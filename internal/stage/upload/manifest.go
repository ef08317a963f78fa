package upload

import (
	"time"

	"metronome/internal/content"
	"metronome/internal/period"
)

// Source says where a planned file's content comes from.
type Source string

// The sources of a planned file.
const (
	FromLedger      Source = "ledger"      // a workbook, by its ledger key
	FromPrior       Source = "prior"       // a document of the prior period, copied at the provider
	FromPlaceholder Source = "placeholder" // nothing: the file is empty
)

// Manifest is upload.json below entities/<entity>/<period>/: created once, before the first write.
type Manifest struct {
	Version  int           `json:"version"`
	Period   period.Period `json:"period"`
	Created  time.Time     `json:"created"`
	Root     string        `json:"root"`
	Folders  []string      `json:"folders"` // parents before children
	Files    []Planned     `json:"files"`
	HandMade []string      `json:"handMade,omitempty"` // what the period's root held that is nobody's plan
}

// Planned is one file of a manifest.
type Planned struct {
	Path   string `json:"path"` // relative to the entity's remote
	Source Source `json:"source"`
	Key    string `json:"key,omitempty"`  // of a workbook in the ledger
	From   string `json:"from,omitempty"` // of a prior document at the provider
	Size   int64  `json:"size"`
	Hash   string `json:"hash,omitempty"` // of a prior document, as the provider gave it
	Taken  bool   `json:"taken,omitempty"`
}

func sourceOf(action content.Action) Source {
	if action == content.Copy {
		return FromPrior
	}
	return FromPlaceholder
}
