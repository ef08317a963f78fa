package ledger

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"metronome/internal/failure"
	"metronome/internal/strictyaml"
)

// Location says where a ledger is: in a directory, or in an S3 bucket below a prefix. ParseLocation makes one of a URL:
// file:///dir, file:dir (relative) or s3://bucket/prefix?region=…&endpoint=…&pathStyle=true&profile=….
type Location struct {
	Directory string // as written, absolute or relative; "" for a bucket

	Bucket    string
	Prefix    string // "" or ends in "/"
	Region    string // "": as the environment or the profile says
	Endpoint  string // "": Amazon's
	Profile   string // in the AWS configuration files; "": as the environment says
	PathStyle bool   // the bucket is part of the path, not of the host name

	url string // of a bucket, as written
}

// bucketPattern is S3's own rule, kept to what every S3 server takes.
var bucketPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

// bucketOptions are what may follow the ? of a bucket's URL.
var bucketOptions = []string{"region", "endpoint", "pathStyle", "profile"}

// ParseLocation parses the URL of a ledger and returns every problem with it. Where there is one, the location is not usable.
// Problems have the key "ledger", and never repeat a part of the URL that could hold a credential.
func ParseLocation(rawURL string) (Location, []failure.Problem) {
	p := locationParser{raw: rawURL}
	u, err := url.Parse(rawURL)
	switch {
	case err != nil:
		p.report("file:///var/lib/metronome or s3://bucket/prefix?region=eu-central-1", "not a URL")
	case u.User != nil:
		p.report("leave credentials to the environment, a profile or the instance's role", "credentials do not belong in a URL")
	case u.Scheme == "file":
		return p.directory(u), p.problems
	case u.Scheme == "s3":
		return p.bucket(u), p.problems
	default:
		p.shown = shownURL(u)
		p.report("file:///var/lib/metronome, file:ledger or s3://bucket/prefix", "expected a file or s3 URL")
	}
	return Location{}, p.problems
}

// locationParser collects the problems of one URL.
type locationParser struct {
	raw      string
	shown    string // what problems repeat of the URL
	problems []failure.Problem
}

func (p *locationParser) report(hint, message string, args ...any) {
	p.problems = append(p.problems, failure.Problem{
		Key: "ledger", Value: p.shown, Message: fmt.Sprintf(message, args...), Hint: hint,
	})
}

// shownURL returns what messages may repeat of a URL: no options, and nothing where a mistyped one could hold credentials.
func shownURL(u *url.URL) string {
	shown := *u
	shown.RawQuery, shown.ForceQuery, shown.Fragment, shown.RawFragment = "", false, "", ""
	if text := shown.String(); !strings.Contains(text, "@") && (u.Opaque == "" || u.Scheme == "file") {
		return text
	}
	return ""
}

func (p *locationParser) directory(u *url.URL) Location {
	p.shown = shownURL(u)
	dir := u.Path
	if u.Opaque != "" {
		unescaped, err := url.PathUnescape(u.Opaque)
		if err != nil {
			p.report("write %25 for % in a folder's name", "not a URL: invalid escape")
			return Location{}
		}
		dir = unescaped
	}
	switch {
	case u.Host != "" && u.Host != "localhost":
		p.report(fmt.Sprintf("write file:%s%s for a folder beside the configuration file, file:///… for an absolute one", u.Host, u.Path),
			"a folder has no host")
	case dir == "" || strings.ContainsFunc(dir, unicode.IsControl):
		p.report("file:///var/lib/metronome or file:ledger", "expected a folder")
	case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		p.report("write %3F for ? and %23 for # in a folder's name", "a folder takes no options")
	}
	return Location{Directory: filepath.FromSlash(dir)}
}

func (p *locationParser) bucket(u *url.URL) Location {
	l := Location{Bucket: u.Host, Prefix: prefixOf(u.Path), url: p.raw}
	if !bucketPattern.MatchString(u.Host) {
		name := u.Host
		if u.Opaque != "" {
			name = ""
		}
		p.report("a-z, 0-9, '-' and '.', 3 to 63, beginning and ending with a letter or digit", "%q is not a bucket's name", name)
	}
	if prefix := strings.TrimSuffix(strings.TrimPrefix(u.Path, "/"), "/"); prefix != "" {
		if err := keyProblem(prefix); err != nil {
			p.report("s3://bucket/some/prefix", "prefix: %v", err)
		}
	}
	if u.Fragment != "" {
		p.report("write %23 for # in the prefix", "an s3 URL has no fragment")
	}
	p.options(u.RawQuery, &l)
	return l
}

func prefixOf(path string) string {
	prefix := strings.Trim(path, "/")
	if prefix == "" {
		return ""
	}
	return prefix + "/"
}

func (p *locationParser) options(query string, l *Location) {
	options, err := url.ParseQuery(query)
	if err != nil {
		p.report("region=…&endpoint=…&pathStyle=true", "the options after ? cannot be read")
		return
	}
	for _, name := range slices.Sorted(maps.Keys(options)) {
		value := options.Get(name)
		switch {
		case !slices.Contains(bucketOptions, name):
			p.report(strictyaml.DidYouMean(name, bucketOptions), "unknown option %q", name)
		case len(options[name]) != 1 || value == "":
			p.report("", "expected one value for option %q", name)
		case name == "pathStyle" && value != "true" && value != "false":
			p.report("", "pathStyle: expected true or false")
		case name == "endpoint" && !isEndpoint(value):
			p.report("endpoint=https://s3.example.com", "endpoint: expected an http or https address")
		}
	}
	l.Region, l.Endpoint, l.Profile = options.Get("region"), options.Get("endpoint"), options.Get("profile")
	l.PathStyle = options.Get("pathStyle") == "true"
}

func isEndpoint(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil
}

// In returns the location with a relative directory resolved against a base: the folder of the file that names it.
func (l Location) In(base string) Location {
	if l.Directory != "" && !filepath.IsAbs(l.Directory) {
		l.Directory = filepath.Join(base, l.Directory)
	}
	if l.Directory != "" {
		l.Directory = filepath.Clean(l.Directory)
	}
	return l
}

// String returns the location's URL.
func (l Location) String() string {
	switch {
	case l.Directory == "":
		return l.url
	case filepath.IsAbs(l.Directory):
		return DirectoryURL(l.Directory)
	default:
		return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.ToSlash(l.Directory)}).EscapedPath()}).String()
	}
}

// DirectoryURL is the URL of the ledger in a directory, given as an absolute path.
func DirectoryURL(dir string) string {
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(dir)}).String()
}

// Open opens the ledger; a relative directory is resolved against the working directory. A directory is created on the first
// write. S3 credentials that cannot be had are a Config failure.
func (l Location) Open(ctx context.Context) (Ledger, error) {
	if l.Directory == "" {
		return openS3(ctx, l)
	}
	dir, err := filepath.Abs(l.Directory)
	if err != nil {
		return nil, fmt.Errorf("find directory %s: %w", l.Directory, err)
	}
	return openDirectory(dir)
}
