package ledger_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/internal/failure"
	"metronome/internal/ledger"
)

func TestBadURLsAreConfigFailures(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	for url, message := range map[string]string{
		"":                                  "no scheme",
		"/var/lib/ledger":                   "no scheme",
		"gs://bucket":                       "unknown scheme gs",
		"file:":                             "no directory",
		"file://":                           "no directory",
		"file://var/lib":                    "three slashes",
		"file:///var?x=1":                   "no parameters",
		"file:///a#b":                       "no parameters",
		"file:%zz":                          "invalid URL escape",
		"file://" + file:                    "it is a file",
		"s3:///prefix":                      "no bucket",
		"s3://bucket:80/x":                  "no bucket",
		"s3://bucket/a/../b":                "element . or ..",
		"s3://bucket/a//b":                  "empty element",
		"s3://bucket?zone=x":                "parameter zone",
		"s3://bucket?region=a&region=b":     "parameter region",
		"s3://bucket?pathStyle=maybe":       "pathStyle is true or false",
		"s3://bucket?endpoint=localhost:80": "want http://host",
		"s3://bucket?endpoint=//x":          "want http://host",
		"s3://bucket?a=%zz":                 "invalid URL escape",
		"s3://bucket#x":                     "%23",
		"s3://bucket":                       "no region",
		"s3://bucket?profile=nobody":        "load AWS configuration",
		"s3://b?region=x&profile=empty":     "get AWS credentials",
	} {
		t.Run(url, func(t *testing.T) {
			t.Parallel()
			_, err := ledger.Open(t.Context(), url)
			require.ErrorContains(t, err, message)
			require.Equal(t, failure.Config, failure.ClassOf(err))
			require.NotEmpty(t, failure.HintOf(err))
		})
	}
}

func TestSecretsInURLsAreNotRepeated(t *testing.T) {
	t.Parallel()
	_, err := ledger.Open(t.Context(), "s3://key:hunter2@bucket/x")
	require.ErrorContains(t, err, "credentials do not belong into a URL")
	require.NotContains(t, err.Error(), "hunter2")
}

func TestDirectoryURLs(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "50% of #1? ünï")
	require.NoError(t, open(t, ledger.DirectoryURL(dir)).Put(t.Context(), "runs/a", nil))
	require.FileExists(t, filepath.Join(dir, "runs", "a"))
	require.Equal(t, []string{"runs/a"}, list(t, open(t, ledger.DirectoryURL(dir)), ""))
}

func TestResolveURL(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"file:ledger":         "file:///etc/metronome/ledger",
		"file:../my%20ledger": "file:///etc/my%20ledger",
		"file:./%23":          "file:///etc/metronome/%23",
		"file:///var/ledger":  "file:///var/ledger",
		"s3://bucket/prefix":  "s3://bucket/prefix",
		"%zz":                 "%zz",
	} {
		require.Equal(t, want, ledger.ResolveURL(url, "/etc/metronome"))
	}
}
