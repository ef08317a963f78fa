package config

import (
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"metronome/internal/strictyaml"
)

// bucketName is S3's own rule, kept to what every S3 server takes.
var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

var ledgerOptions = []string{"region", "endpoint", "pathStyle", "profile"}

// readLedger reads the ledger's URL; that of a folder becomes absolute. The URL is not repeated in problems where it could
// hold credentials.
func readLedger(v strictyaml.Value, dir string) string {
	text, ok := v.Text()
	if !ok {
		return ""
	}
	parsed, err := url.Parse(text)
	switch {
	case err != nil:
		v.ReportSecret("file:///var/lib/metronome or s3://bucket/prefix?region=eu-central-1", "is no URL")
	case parsed.User != nil:
		v.ReportSecret("leave credentials to the environment, a profile or the instance's role", "holds credentials")
	case parsed.Scheme == "file":
		return fileLedger(v, parsed, dir)
	case parsed.Scheme == "s3":
		checkBucket(v, parsed)
	default:
		v.Report("file:///var/lib/metronome, file:ledger or s3://bucket/prefix", "want a file or s3 URL")
	}
	return text
}

func fileLedger(v strictyaml.Value, parsed *url.URL, dir string) string {
	path := parsed.Path
	if parsed.Opaque != "" {
		path, _ = url.PathUnescape(parsed.Opaque)
	}
	switch {
	case parsed.Host != "" && parsed.Host != "localhost":
		v.Report(fmt.Sprintf("write file:%s%s for a folder beside the configuration file, file:///… for an absolute one",
			parsed.Host, parsed.Path), "names a host")
	case path == "" || strings.ContainsFunc(path, isControl):
		v.Report("file:///var/lib/metronome or file:ledger", "names no folder")
	case parsed.RawQuery != "" || parsed.Fragment != "" || parsed.ForceQuery:
		v.Report("write %3F for ? and %23 for # in a folder's name", "a folder takes no options")
	}
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(resolve(dir, path))}).String()
}

func isControl(r rune) bool { return r < 0x20 || r == 0x7f }

func checkBucket(v strictyaml.Value, parsed *url.URL) {
	if !bucketName.MatchString(parsed.Host) {
		v.ReportSecret("a-z, 0-9, '-' and '.', 3 to 63, beginning and ending with a letter or digit", "%q is not a bucket's name", parsed.Host)
	}
	if badPrefix(parsed.Path) {
		v.ReportSecret("s3://bucket/some/prefix", "the prefix has empty, \".\" or \"..\" elements or control characters")
	}
	if parsed.Fragment != "" {
		v.ReportSecret("write %23 for # in the prefix", "an s3 URL has no fragment")
	}
	checkOptions(v, parsed.RawQuery)
}

func badPrefix(path string) bool {
	path = strings.TrimSuffix(strings.TrimPrefix(path, "/"), "/")
	if path == "" {
		return false
	}
	return strings.ContainsFunc(path, isControl) || slices.ContainsFunc(strings.Split(path, "/"), func(element string) bool {
		return element == "" || element == "." || element == ".."
	})
}

func checkOptions(v strictyaml.Value, query string) {
	options, err := url.ParseQuery(query)
	if err != nil {
		v.ReportSecret("region=…&endpoint=…&pathStyle=true", "the options after ? cannot be read")
		return
	}
	for name, values := range options {
		switch {
		case !slices.Contains(ledgerOptions, name):
			v.ReportSecret(strictyaml.DidYouMean(name, ledgerOptions), "unknown option %q", name)
		case len(values) != 1 || values[0] == "":
			v.ReportSecret("", "want one value for option %q", name)
		case name == "pathStyle" && values[0] != "true" && values[0] != "false":
			v.ReportSecret("", "pathStyle is true or false")
		case name == "endpoint" && !isEndpoint(values[0]):
			v.ReportSecret("endpoint=https://s3.example.com", "the endpoint is no http or https address")
		}
	}
}

func isEndpoint(text string) bool {
	parsed, err := url.Parse(text)
	return err == nil && (parsed.Scheme == "http" || parsed.Scheme == "https") && parsed.Host != "" && parsed.User == nil
}
