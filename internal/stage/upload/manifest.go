package upload

import (
	"path"
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

// manifestVersion is the format version of a stored Manifest.
const manifestVersion = 1

// Manifest is upload.json below entities/<entity>/<period>/: created once, before the first write.
type Manifest struct {
	Version     int           `json:"version"`
	Period      period.Period `json:"period"`
	Created     time.Time     `json:"created"`
	Root        string        `json:"root"`
	Folders     []string      `json:"folders"` // parents before children
	Files       []PlannedFile `json:"files"`
	UserCreated []string      `json:"handMade,omitempty"` // what the period's root held that is nobody's plan
}

// PlannedFile is one file of a manifest.
type PlannedFile struct {
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

// withParents returns the folders and all folders above folders and files, parents before children.
func withParents(folders []string, files []PlannedFile) []string {
	seen := make(map[string]bool)
	var all []string
	var add func(dir string)
	add = func(dir string) {
		if dir == "." || dir == "" || seen[dir] {
			return
		}
		seen[dir] = true
		add(path.Dir(dir))
		all = append(all, dir)
	}
	for _, folder := range folders {
		add(folder)
	}
	for _, file := range files {
		add(path.Dir(file.Path))
	}
	return all
}
