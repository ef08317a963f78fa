package failure

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Class says what kind of error it is, and so what to do about it.
type Class string

// The five outcomes of a request that a provider did not grant, and the two ways in which a user's input can be bad.
const (
	Throttled  Class = "throttled"  // too many requests: wait, then slower
	Contention Class = "contention" // two writers on one account: one after another
	Cap        Class = "cap"        // a day or month allowance is used up: park until it resets
	Overload   Class = "overload"   // 5xx, time-outs, dropped connections: back off
	Permanent  Class = "permanent"  // this entity cannot succeed as things are: give it up, continue with the next
	Data       Class = "data"       // the catalog, a template set or an entity's content is bad
	Config     Class = "config"     // metronome.yaml, the rclone configuration or a flag is bad
)

// Retryable reports whether the same request may succeed later without anybody changing anything.
func (c Class) Retryable() bool {
	switch c {
	case Throttled, Contention, Cap, Overload:
		return true
	default:
		return false
	}
}

// Error is a classified error: which key held which value, what is wrong with it, and what to do.
type Error struct {
	Class Class
	Key   string    // the field, file, remote path or ledger key concerned; may be empty
	Value string    // the offending value; never a secret; may be empty
	Hint  string    // what to do, a sentence without "Try:"; may be empty
	Until time.Time // when it is worth trying again, where the provider said so
	Err   error     // what happened
}

// Error reads `<key> "<value>": <what happened>`.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Key != "" {
		b.WriteString(e.Key)
		if e.Value != "" {
			fmt.Fprintf(&b, " %q", e.Value)
		}
		b.WriteString(": ")
	}
	b.WriteString(e.Err.Error())
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// New makes a classified error of a plain message.
func New(class Class, key, value, hint, format string, args ...any) *Error {
	return &Error{Class: class, Key: key, Value: value, Hint: hint, Err: fmt.Errorf(format, args...)}
}

// ClassOf returns the class of an error, "" for one that nobody classified.
func ClassOf(err error) Class {
	var e *Error
	if errors.As(err, &e) {
		return e.Class
	}
	var p Problems
	if errors.As(err, &p) {
		return p.Class
	}
	return ""
}

// HintOf returns what to do about an error, "" where nobody knows.
func HintOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Hint
	}
	return ""
}
