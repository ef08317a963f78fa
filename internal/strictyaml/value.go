package strictyaml

import (
	"fmt"
	"strconv"

	"go.yaml.in/yaml/v3"

	"metronome/internal/failure"
)

// Value is one node of the file.
type Value struct {
	doc  *document
	node *yaml.Node
	key  string
}

// Key is the value's dotted key, "" for the root.
func (v Value) Key() string { return v.key }

// Line is the line that the value begins on, from 1.
func (v Value) Line() int { return v.node.Line }

// Named returns a value in the place of v's key of that name, for one that the file does not hold.
func (v Value) Named(name, text string) Value {
	return v.field(name, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Line: v.node.Line, Value: text})
}

// Problems returns how many problems the file has so far.
func (v Value) Problems() int { return len(v.doc.problems) }

// IsList reports whether the value is a list.
func (v Value) IsList() bool { return v.target().Kind == yaml.SequenceNode }

// target is the node, or what it is an alias of.
func (v Value) target() *yaml.Node {
	if v.node.Kind == yaml.AliasNode {
		return v.node.Alias
	}
	return v.node
}

// Report records a problem with the value as a whole; the hint may be empty.
func (v Value) Report(hint, message string, args ...any) {
	v.doc.report(failure.Problem{
		Line: v.node.Line, Key: v.key, Value: shorten(v.node.Value), Message: fmt.Sprintf(message, args...), Hint: hint,
	})
}

// ReportSecret is Report without the value, for one that may hold a credential.
func (v Value) ReportSecret(hint, message string, args ...any) {
	v.doc.report(failure.Problem{Line: v.node.Line, Key: v.key, Message: fmt.Sprintf(message, args...), Hint: hint})
}

// ReportProblem records a problem that a parser of the value's text found; file, line and key become the value's.
func (v Value) ReportProblem(p failure.Problem) {
	p.Line, p.Key = v.node.Line, v.key
	v.doc.report(p)
}

// field returns the value below v at a mapping's key.
func (v Value) field(name string, node *yaml.Node) Value {
	if v.key != "" {
		name = v.key + "." + name
	}
	return Value{doc: v.doc, node: node, key: name}
}

// item returns the value below v at a list's position.
func (v Value) item(i int, node *yaml.Node) Value {
	return Value{doc: v.doc, node: node, key: v.key + "[" + strconv.Itoa(i) + "]"}
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

// enter follows an alias, checks the kind of node, and counts the visit.
func (v Value) enter(kind yaml.Kind, expected string) (Value, bool) {
	if v.doc.visits++; v.doc.visits > maxVisits {
		if v.doc.visits == maxVisits+1 {
			v.Report("use fewer aliases", "the file expands to more than %d values", maxVisits)
		}
		return v, false
	}
	v.node = v.target()
	if v.node.Kind != kind {
		v.Report("", "expected %s, found %s", expected, kindName(v.node))
		return v, false
	}
	return v, true
}

func kindName(node *yaml.Node) string {
	switch {
	case node.Kind == yaml.SequenceNode:
		return "a list"
	case node.Kind == yaml.MappingNode:
		return "a mapping"
	case node.ShortTag() == "!!null":
		return "nothing"
	case node.ShortTag() == "!!int", node.ShortTag() == "!!float":
		return "a number"
	case node.ShortTag() == "!!bool":
		return "a boolean"
	default:
		return "text"
	}
}

// shorten keeps a long value from filling the screen.
func shorten(text string) string {
	const most = 120
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most]) + "…"
}
