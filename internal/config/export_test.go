package config

import "metronome/internal/strictyaml"

// Tables are the schemas that the tables of docs/configuration.md are made of.
func Tables() (document, pool, calendar strictyaml.Schema) {
	return documentKeys.Schema(), poolKeys.Schema(), calendarKeys.Schema()
}
