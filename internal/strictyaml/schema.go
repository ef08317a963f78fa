package strictyaml

import (
	"bytes"
	"encoding/json"
)

// Schema describes values: as JSON it is a JSON schema (draft 2020-12), and a table of documentation can be made of it.
type Schema struct {
	Dialect              string     `json:"$schema,omitempty"`
	Title                string     `json:"title,omitempty"`
	Description          string     `json:"description,omitempty"`
	Type                 string     `json:"type,omitempty"`
	Enum                 []string   `json:"enum,omitempty"`
	Pattern              string     `json:"pattern,omitempty"`
	Format               string     `json:"format,omitempty"`
	MinLength            int        `json:"minLength,omitempty"`
	Minimum              *float64   `json:"minimum,omitempty"`
	Maximum              *float64   `json:"maximum,omitempty"`
	Items                *Schema    `json:"items,omitempty"`
	UniqueItems          bool       `json:"uniqueItems,omitempty"`
	MinItems             int        `json:"minItems,omitempty"`
	MaxItems             int        `json:"maxItems,omitempty"`
	PropertyNames        *Schema    `json:"propertyNames,omitempty"`
	MinProperties        int        `json:"minProperties,omitempty"`
	Required             []string   `json:"required,omitempty"`
	Properties           Properties `json:"properties,omitempty"`
	AdditionalProperties any        `json:"additionalProperties,omitempty"` // false, or the *Schema of all values
	Default              any        `json:"default,omitempty"`

	Summary     string `json:"-"` // one line of documentation; the description says more
	Values      string `json:"-"` // the values in words: "1 to 1000"
	DefaultText string `json:"-"` // the default in words, where it is no fixed value

	unsaid bool // the values in words say more than the schema
}

// Property is one key of a mapping.
type Property struct {
	Name   string
	Schema Schema
}

// Properties are the keys of a mapping in the order of its documentation.
type Properties []Property

// MarshalJSON writes an object, in order.
func (p Properties) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	for i, property := range p {
		name, err := marshal(property.Name)
		if err != nil {
			return nil, err
		}
		schema, err := marshal(property.Schema)
		if err != nil {
			return nil, err
		}
		b.WriteByte("{,"[min(i, 1)])
		b.Write(name)
		b.WriteByte(':')
		b.Write(schema)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// JSON returns the schema, indented.
func (s Schema) JSON() []byte {
	var b bytes.Buffer
	text, err := marshal(s)
	if err == nil {
		err = json.Indent(&b, text, "", "  ")
	}
	if err != nil {
		panic(err) // a schema holds texts, numbers and defaults that were read from YAML
	}
	return append(b.Bytes(), '\n')
}

// marshal writes JSON that people read: "<" stays "<".
func marshal(value any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}
