// Package strictyaml reads YAML files that people write by hand, and reports everything wrong with them at once.
//
// A Value is one node of the file with its dotted key ("pools.box.burst") and its line. Reading a Value as something it is
// not records a failure.Problem and returns the zero value, so that the caller simply reads on; Read returns all the problems
// in the order of their lines. Unknown and repeated keys are problems, with the nearest known key as a hint. Numbers are
// written as in JSON, because YAML parsers disagree about 017, 1_000 and 0x10.
package strictyaml
