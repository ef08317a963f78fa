// Package version describes which build a program is: its version, the commit it was built from, Go's version and the
// platform.
//
// The version is the first of: what the build set with
//
//	-ldflags '-X metronome/internal/version.version=1.2.3'
//
// as the images do; the module's version, which `go install …@v1.2.3` and a build in a git checkout record; "devel".
package version

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
)

// version is set by the linker.
var version string

// Unknown is the version of a program that was built without one.
const Unknown = "devel"

// Build describes the build of a program.
type Build struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"` // commit, where the build recorded it
	Time     string `json:"time,omitempty"`     // of the commit, RFC 3339
	Modified bool   `json:"modified,omitempty"` // the checkout had changes that are not in the commit
	Go       string `json:"go"`
	Platform string `json:"platform"` // like linux/amd64
}

// Current returns the build of this program.
func Current() Build {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	return describe(info, version)
}

// describe reads what the build recorded; set is the version that the linker was given.
func describe(info *debug.BuildInfo, set string) Build {
	recorded := info.Main.Version
	if recorded == "(devel)" {
		recorded = ""
	}
	b := Build{
		Version:  cmp.Or(set, recorded, Unknown),
		Go:       cmp.Or(info.GoVersion, runtime.Version()),
		Platform: runtime.GOOS + "/" + runtime.GOARCH,
	}
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			b.Revision = setting.Value
		case "vcs.time":
			b.Time = setting.Value
		case "vcs.modified":
			b.Modified = setting.Value == "true"
		}
	}
	return b
}

// shortRevision is how much of a commit's hash is printed.
const shortRevision = 12

// String returns the build on one line, like "0.1.0 (commit 0123456789ab, go1.26.8, linux/amd64)".
func (b Build) String() string {
	var details []string
	if b.Revision != "" {
		commit := "commit " + b.Revision[:min(len(b.Revision), shortRevision)]
		if b.Modified {
			commit += " with changes"
		}
		details = append(details, commit)
	}
	details = append(details, b.Go, b.Platform)
	return fmt.Sprintf("%s (%s)", b.Version, strings.Join(details, ", "))
}
