package config

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"metronome/internal/failure"
)

// remoteName is rclone's rule for the name of a remote (fs/fspath).
var remoteName = regexp.MustCompile(`^[\w\p{L}\p{N}.+@]+(?:[ -]+[\w\p{L}\p{N}.+@-]+)*$`)

// remoteType is the form of all of rclone's backend names.
var remoteType = regexp.MustCompile(`^[a-z0-9]+( [a-z0-9]+)*$`)

// ParseRemotes reads an rclone configuration and returns the type of each remote by name; the file's name appears in problems.
// What it accepts, the rclone library reads without ending the process: plain lines of `[remote]` and `key = value`, not
// encrypted. All problems come back at once, without any value of the file.
func ParseRemotes(file string, data []byte) (map[string]string, error) {
	r := remoteReader{file: file, remotes: map[string]string{}, lines: map[string]int{}}
	number := 0
	for line := range bytes.Lines(bytes.TrimPrefix(data, []byte("\ufeff"))) {
		number++
		if !r.read(number, strings.TrimSpace(string(line))) {
			break
		}
	}
	r.end()
	if len(r.problems) > 0 {
		slices.SortStableFunc(r.problems, func(a, b failure.Problem) int { return cmp.Compare(a.Line, b.Line) })
		return nil, failure.Problems{Class: failure.Config, List: r.problems}
	}
	return r.remotes, nil
}

// remoteReader reads an rclone configuration line by line.
type remoteReader struct {
	file     string
	remotes  map[string]string // type by name
	lines    map[string]int    // where each begins
	section  string
	problems []failure.Problem
}

// read reads one line; false where it makes no sense to read on.
func (r *remoteReader) read(number int, line string) bool {
	switch {
	case strings.HasPrefix(line, "RCLONE_ENCRYPT_V") && r.section == "":
		r.report(number, "", "the file is encrypted",
			"run `rclone config encryption remove`, or write a copy that only Metronome can read")
		return false
	case line == "" || line[0] == '#' || line[0] == ';':
	case line[0] == '[' && line[len(line)-1] == ']':
		r.begin(number, strings.TrimSpace(line[1:len(line)-1]))
	case r.section == "":
		r.report(number, "", "a line before the first [remote]", "")
		return len(r.problems) < 20
	default:
		r.set(number, line)
	}
	return true
}

func (r *remoteReader) begin(number int, name string) {
	r.section = name
	if name == "" || !remoteName.MatchString(name) {
		r.section = "?"
		r.report(number, "", "not a remote's name", "letters, digits, '_', '-', '.', '+', '@' and spaces inside")
		return
	}
	if first, twice := r.lines[name]; twice {
		r.report(number, name, fmt.Sprintf("duplicate remote, also on line %d", first), "keep one of them")
		return
	}
	r.lines[name] = number
}

// set takes a `key = value` line by the rules of the library's reader, which tries to be clever about quotes.
func (r *remoteReader) set(number int, line string) {
	at := strings.IndexAny(line, "=:")
	if at <= 0 || line[0] == '"' || line[0] == '`' {
		r.report(number, r.section, "not a `key = value` line", "")
		return
	}
	key, value := strings.TrimSpace(line[:at]), strings.TrimSpace(line[at+1:])
	if !closed(value, "`", 2) || !closed(value, `"""`, 6) {
		r.report(number, r.section+"."+key, "a quotation that does not end on the same line", "")
		return
	}
	if key != "type" {
		return
	}
	if !remoteType.MatchString(value) {
		r.report(number, r.section+"."+key, "not a remote's type", "the name of a backend, without quotation marks")
	}
	r.remotes[r.section] = value
}

// closed reports whether a value of at least `least` bytes that begins with a quotation mark has a second one.
func closed(value, mark string, least int) bool {
	return len(value) < least || !strings.HasPrefix(value, mark) || strings.Contains(value[len(mark):], mark)
}

func (r *remoteReader) end() {
	for _, name := range slices.Sorted(maps.Keys(r.lines)) {
		if r.remotes[name] == "" {
			r.report(r.lines[name], name, "the remote has no type", "")
		}
	}
	delete(r.remotes, "?")
	if len(r.lines) == 0 && len(r.problems) == 0 {
		r.report(0, "", "the file has no remote", "create one with `rclone config`")
	}
}

func (r *remoteReader) report(line int, key, message, hint string) {
	r.problems = append(r.problems, failure.Problem{File: r.file, Line: line, Key: key, Message: message, Hint: hint})
}
