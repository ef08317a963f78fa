// Package receipt defines the receipt: durable proof that one stage of one entity for one period is done. A receipt is
// created once, at entities/<entity>/<period>/receipts/<stage>.json, and never rewritten; it belongs to entity and period,
// not to a run.
package receipt

import (
	"time"

	"metronome/internal/entity"
	"metronome/internal/period"
)

// Stage is one of the three steps that a worker takes an entity through.
type Stage string

// The stages, in their order.
const (
	Folders   Stage = "folders"
	Templates Stage = "templates"
	Upload    Stage = "upload"
)

// Stages lists the stages in their order.
var Stages = []Stage{Folders, Templates, Upload}

// Version is the format version that every receipt carries.
const Version = 1

// Receipt says what a stage did.
type Receipt struct {
	Version  int           `json:"version"`
	Entity   entity.ID     `json:"entity"`
	Period   period.Period `json:"period"`
	Stage    Stage         `json:"stage"`
	Run      string        `json:"run"`
	Batch    string        `json:"batch"`
	Started  time.Time     `json:"started"`
	Finished time.Time     `json:"finished"`
	Upload   *Uploaded     `json:"upload,omitempty"` // of the upload stage only
}

// Uploaded says what is at the customer's storage after the upload stage.
type Uploaded struct {
	Remote      string   `json:"remote"`
	Requests    int64    `json:"requests"` // HTTP requests sent for this entity, refused ones included
	Seconds     float64  `json:"seconds"`  // from the first request to the last
	Folders     int      `json:"folders"`  // folders of the period that are there
	Created     []File   `json:"created"`  // files that this stage wrote and verified
	Kept        []Kept   `json:"kept,omitempty"`
	UserCreated []string `json:"handMade,omitempty"` // folders and files found in the period's root that are nobody's plan
}

// File is a verified file.
type File struct {
	Path     string `json:"path"` // relative to the entity's remote
	Size     int64  `json:"size"`
	Hash     string `json:"hash,omitempty"` // "md5:<hex>" or another kind of the provider's; empty where it has none
	Verified string `json:"verified"`       // "hash" or "size": what was compared
}

// Kept is a planned name that was taken already, and so left as it was.
type Kept struct {
	Path   string `json:"path"`
	Reason string `json:"reason"`
}
