package strictyaml

import "go.yaml.in/yaml/v3"

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
