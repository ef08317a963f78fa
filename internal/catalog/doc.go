// Package catalog reads and checks what the operator writes about the customers: the entities
// (catalog/entities.jsonl, one JSON object per line) and the template sets (catalog/templates/<set>.yaml).
//
// Everything here is pure: bytes in, values and problems out. A catalog or template set is either whole and valid, or it
// is refused with every problem at once as failure.Problems of class Data. A catalog of a million entities is read in
// seconds: lines are decoded on all processors, and texts that repeat are kept once.
package catalog
