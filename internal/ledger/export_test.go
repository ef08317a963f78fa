package ledger

import (
	"os"
	"syscall"
)

// WithoutHardLinks makes a directory's ledger behave as on a filesystem that has none.
func WithoutHardLinks(l Ledger) Ledger {
	d := l.(*directory)
	d.link = func(oldName, newName string) error {
		return &os.LinkError{Op: "link", Old: oldName, New: newName, Err: syscall.EPERM}
	}
	return d
}

// ClassOfErrno is for a table test: tests may run as root, to whom nothing is forbidden.
var ClassOfErrno = classOfErrno

// ConditionsKey is the key that Check uses.
const ConditionsKey = checkKeyOfConditions

// WithoutURL returns a location by its parts alone.
func WithoutURL(l Location) Location {
	l.url = ""
	return l
}
