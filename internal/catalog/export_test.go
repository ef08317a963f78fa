package catalog

import "metronome/internal/strictyaml"

// Tables are the schemas that the tables of docs/catalog.md are made of, by the names of its sections.
func Tables() map[string]strictyaml.Schema {
	var lines strictyaml.Schema
	for _, key := range lineKeys {
		if !key.optional {
			lines.Required = append(lines.Required, key.name)
		}
		lines.Properties = append(lines.Properties, strictyaml.Property{
			Name: key.name, Schema: strictyaml.Schema{Values: key.values, DefaultText: key.defaultText, Summary: key.summary},
		})
	}
	return map[string]strictyaml.Schema{
		"entity keys": lines, "template set keys": setKeys.Schema(), "checklist item keys": itemKeys.Schema(),
		"assignee keys": assigneeKeys.Schema(), "reconciliation keys": reconciliationKeys.Schema(), "document keys": documentKeys.Schema(),
	}
}
