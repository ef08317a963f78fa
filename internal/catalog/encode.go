package catalog

import (
	"bytes"
	"encoding/json"

	"metronome/internal/entity"
)

// Encode writes entities.jsonl: one line per entity in the given order, the keys in the documented order. Equal entities
// give equal bytes.
func Encode(entities []entity.Entity) []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	for _, e := range entities {
		if err := encoder.Encode(e); err != nil {
			panic(err) // texts and numbers can always be written
		}
	}
	return b.Bytes()
}
