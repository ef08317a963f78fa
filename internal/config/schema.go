package config

import (
	_ "embed"
	"slices"
)

//go:embed schema.json
var schema []byte

// Schema is the JSON schema (draft 2020-12) of metronome.yaml, for editors and for checks elsewhere. Parse checks more: the
// bounds of durations, that beat.min is not above beat.max, the ledger's URL, days that are there twice.
func Schema() []byte { return slices.Clone(schema) }
