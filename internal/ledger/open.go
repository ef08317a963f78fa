package ledger

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"metronome/internal/failure"
)

const urlHint = "file:///var/lib/metronome or s3://bucket/prefix?region=eu-central-1"

// Open opens the ledger that a URL names: file:///dir, file:dir (relative to the working directory) or
// s3://bucket/prefix?region=…&endpoint=…&pathStyle=true&profile=…. A directory is created on the first write.
// A bad URL, and S3 credentials that cannot be had, are Config failures.
func Open(ctx context.Context, rawURL string) (Ledger, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, badURL(rawURL, "parse URL: %w", err)
	}
	switch u.Scheme {
	case "file":
		dir, err := directoryOf(u, rawURL)
		if err != nil {
			return nil, err
		}
		return openDirectory(dir)
	case "s3":
		return openS3(ctx, u, rawURL)
	case "":
		return nil, badURL(rawURL, "parse URL: no scheme")
	default:
		return nil, badURL(rawURL, "parse URL: unknown scheme %s", u.Scheme)
	}
}

// ResolveURL makes the relative directory of a URL like file:ledger absolute, seen from base (the folder of the file that
// the URL stands in), and gives every other URL back unchanged.
func ResolveURL(rawURL, base string) string {
	u, err := url.Parse(rawURL)
	if err != nil || u.Scheme != "file" || u.Opaque == "" {
		return rawURL
	}
	dir, err := url.PathUnescape(u.Opaque)
	if err != nil {
		return rawURL
	}
	return DirectoryURL(filepath.Join(base, dir))
}

// DirectoryURL is the URL of the ledger in a directory, given as an absolute path.
func DirectoryURL(dir string) string {
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(dir)}).String()
}

func directoryOf(u *url.URL, rawURL string) (string, error) {
	dir := u.Path
	if u.Opaque != "" {
		unescaped, err := url.PathUnescape(u.Opaque)
		if err != nil {
			return "", badURL(rawURL, "parse URL: %w", err)
		}
		dir = unescaped
	}
	switch {
	case u.Host != "" && u.Host != "localhost":
		return "", badURL(rawURL, "parse URL: %q is taken for a host; a directory's URL has three slashes", u.Host)
	case u.RawQuery != "" || u.Fragment != "":
		return "", badURL(rawURL, "parse URL: a directory has no parameters; write ? as %%3F and # as %%23")
	case dir == "" || strings.ContainsRune(dir, 0):
		return "", badURL(rawURL, "parse URL: no directory")
	}
	absolute, err := filepath.Abs(filepath.FromSlash(dir))
	if err != nil {
		return "", fmt.Errorf("find directory %s: %w", dir, err)
	}
	return absolute, nil
}

func badURL(rawURL, format string, args ...any) error {
	return failure.New(failure.Config, "ledger", rawURL, urlHint, format, args...)
}
