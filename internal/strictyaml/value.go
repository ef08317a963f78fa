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

// IsMapping reports whether the value is a mapping.
func (v Value) IsMapping() bool { return v.target().Kind == yaml.MappingNode }

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
