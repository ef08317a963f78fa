package strictyaml

import (
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Field says how one key of an object is read.
type Field struct {
	required bool
	read     func(Value)
}

// Fields are the keys that an object may have.
type Fields map[string]Field

// Required is a field that must be there.
func Required(read func(Value)) Field { return Field{required: true, read: read} }

// Optional is a field that may be left out.
func Optional(read func(Value)) Field { return Field{read: read} }

// Object reads a mapping with known keys.
func (v Value) Object(fields Fields) {
	seen := map[string]bool{}
	v.entries(func(name string, at, value Value) {
		seen[name] = true
		field, known := fields[name]
		if !known {
			at.Report(DidYouMean(name, slices.Sorted(maps.Keys(fields))), "unknown key")
			return
		}
		field.read(value)
	}, func(whole Value) {
		for _, name := range slices.Sorted(maps.Keys(fields)) {
			if fields[name].required && !seen[name] {
				whole.field(name, &yaml.Node{Line: whole.node.Line}).Report("", "missing")
			}
		}
	})
}

// Entries reads a mapping whose keys are names that the user chose, in the file's order. The name comes as a Value too, to
// report problems with it.
func (v Value) Entries(read func(name string, at, value Value)) {
	v.entries(read, func(Value) {})
}

func (v Value) entries(read func(name string, at, value Value), end func(whole Value)) {
	whole, ok := v.enter(yaml.MappingNode, "a mapping of keys to values")
	if !ok {
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(whole.node.Content); i += 2 {
		whole.entry(whole.node.Content[i], whole.node.Content[i+1], seen, read)
	}
	end(whole)
}

func (v Value) entry(name, value *yaml.Node, seen map[string]bool, read func(name string, at, value Value)) {
	at := Value{doc: v.doc, node: &yaml.Node{Kind: yaml.ScalarNode, Line: name.Line}, key: v.key}
	switch {
	case name.Kind != yaml.ScalarNode || name.Value == "":
		at.Report("", "expected text as key")
		return
	case name.ShortTag() == "!!merge":
		at.Report("write the keys out", "merging mappings with << is not supported")
		return
	}
	at = v.field(name.Value, at.node)
	if seen[name.Value] {
		at.Report("keep one of them", "duplicate key")
		return
	}
	seen[name.Value] = true
	read(name.Value, at, v.field(name.Value, value))
}

// Each reads a list.
func (v Value) Each(read func(i int, item Value)) {
	whole, ok := v.enter(yaml.SequenceNode, "a list")
	if !ok {
		return
	}
	for i, node := range whole.node.Content {
		read(i, whole.item(i, node))
	}
}
