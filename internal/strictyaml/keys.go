package strictyaml

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Key is one key of a mapping that is read into a T: the one place that says how it is read, what its schema is, and what
// the documentation says of it.
type Key[T any] struct {
	Name        string
	Required    bool
	Default     string    // what is read where the key is missing, as YAML; "" for nothing
	DefaultText string    // the default in words, where it is no fixed value
	Values      string    // the values in words; "": as its type says
	Summary     string    // one line of documentation
	Reader      Reader[T] // reads its value
}

// Reader reads a value into its place in a T.
type Reader[T any] struct {
	schema Schema
	read   func(into *T, v Value)
}

// StoreInto reads a value of a type into a place.
func StoreInto[T, V any](t Type[V], place func(*T) *V) Reader[T] {
	return Reader[T]{schema: t.Schema, read: func(into *T, v Value) { *place(into), _ = t.Read(v) }}
}

// ReadWith reads a value as the function does; the schema describes it.
func ReadWith[T any](schema Schema, read func(into *T, v Value)) Reader[T] {
	return Reader[T]{schema: schema, read: read}
}

// Keys are all the keys of a mapping, in the order of its documentation.
type Keys[T any] []Key[T]

// Type is the type of a mapping with these keys.
func (k Keys[T]) Type() Type[T] {
	return Type[T]{Schema: k.Schema(), Read: func(v Value) (T, bool) {
		var into T
		ok := k.Read(v, &into)
		return into, ok
	}}
}

// Read reads a mapping: its keys in the file's order, then the defaults of those that are missing. It returns false where
// there was a problem.
func (k Keys[T]) Read(v Value, into *T) bool {
	n := v.Problems()
	seen := map[string]bool{}
	v.entries(func(name string, at, value Value) {
		i := slices.IndexFunc(k, func(key Key[T]) bool { return key.Name == name })
		if i < 0 {
			at.Report(DidYouMean(name, k.names()), "unknown key")
			return
		}
		seen[name] = true
		k[i].Reader.read(into, value)
	}, func(whole Value) {
		for _, key := range k {
			if !seen[key.Name] {
				key.readMissing(whole, into)
			}
		}
	})
	return v.Problems() == n
}

func (k Key[T]) readMissing(whole Value, into *T) {
	switch at := whole.field(k.Name, &yaml.Node{Line: whole.node.Line}); {
	case k.Required:
		at.Report("", "missing")
	case k.Default != "":
		k.Reader.read(into, whole.field(k.Name, yamlOf(k.Default)))
	}
}

// yamlOf parses a default.
func yamlOf(text string) *yaml.Node {
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(text), &root); err != nil || len(root.Content) != 1 {
		panic("not a default: " + text)
	}
	return root.Content[0]
}

func (k Keys[T]) names() []string {
	names := make([]string, len(k))
	for i, key := range k {
		names[i] = key.Name
	}
	slices.Sort(names)
	return names
}

// Schema describes the mapping.
func (k Keys[T]) Schema() Schema {
	s := Schema{Type: "object", AdditionalProperties: false, Values: "mapping"}
	for _, key := range k {
		if key.Required {
			s.Required = append(s.Required, key.Name)
		}
		s.Properties = append(s.Properties, Property{Name: key.Name, Schema: key.describe()})
	}
	return s
}

func (k Key[T]) describe() Schema {
	s := k.Reader.schema
	s.Summary, s.Description, s.DefaultText = k.Summary, plain(k.Summary), k.DefaultText
	if s.unsaid {
		s.Description += ": " + s.Values
	}
	if k.DefaultText != "" {
		s.Description += ". Default: " + plain(k.DefaultText)
	}
	if k.Values != "" {
		s.Values = k.Values
	}
	if k.Default != "" {
		if err := yamlOf(k.Default).Decode(&s.Default); err != nil {
			panic("not a default: " + k.Default)
		}
	}
	return s
}

// plain takes the quotation marks of documentation out of a text.
func plain(text string) string { return strings.ReplaceAll(text, "`", "") }
