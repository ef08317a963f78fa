package ledger_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/internal/failure"
	"metronome/internal/ledger"
)

func TestParseLocation(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]struct {
		location ledger.Location
		text     string
	}{
		"file:///var/lib/x":         {ledger.Location{Directory: "/var/lib/x"}, "file:///var/lib/x"},
		"file:///var/lib/../x/":     {ledger.Location{Directory: "/var/x"}, "file:///var/x"},
		"file://localhost/x":        {ledger.Location{Directory: "/x"}, "file:///x"},
		"file:ledger":               {ledger.Location{Directory: "/etc/m/ledger"}, "file:///etc/m/ledger"},
		"file:../my%20ledger":       {ledger.Location{Directory: "/etc/my ledger"}, "file:///etc/my%20ledger"},
		"file:./%23":                {ledger.Location{Directory: "/etc/m/#"}, "file:///etc/m/%23"},
		"file:///a%3Fb":             {ledger.Location{Directory: "/a?b"}, "file:///a%3Fb"},
		"s3://bucket":               {ledger.Location{Bucket: "bucket"}, "s3://bucket"},
		"s3://bucket/a/b/?region=x": {ledger.Location{Bucket: "bucket", Prefix: "a/b/", Region: "x"}, "s3://bucket/a/b/?region=x"},
		"s3://bucket/?endpoint=http://127.0.0.1:9000&pathStyle=true&profile=p": {
			ledger.Location{Bucket: "bucket", Endpoint: "http://127.0.0.1:9000", PathStyle: true, Profile: "p"},
			"s3://bucket/?endpoint=http://127.0.0.1:9000&pathStyle=true&profile=p",
		},
	} {
		t.Run(url, func(t *testing.T) {
			t.Parallel()
			got, problems := ledger.ParseLocation(url)
			require.Empty(t, problems)
			got = got.In("/etc/m")
			require.Equal(t, want.text, got.String())
			require.Equal(t, want.location, ledger.WithoutURL(got))
		})
	}
}

func TestRelativeLocationsKeepTheirURL(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"file:ledger", "file:../my%20ledger", "file:50%25"} {
		got, problems := ledger.ParseLocation(url)
		require.Empty(t, problems)
		require.Equal(t, url, got.String())
	}
}

func TestParseLocationReportsEveryProblem(t *testing.T) {
	t.Parallel()
	_, problems := ledger.ParseLocation("s3://B/a//b?regin=x&pathStyle=maybe#c")
	require.Equal(t, []failure.Problem{
		{Key: "ledger", Message: `"B" is not a bucket's name`, Hint: "a-z, 0-9, '-' and '.', 3 to 63, beginning and ending with a letter or digit"},
		{Key: "ledger", Message: "prefix: empty element: keys are relative, without // and without / at the end", Hint: "s3://bucket/some/prefix"},
		{Key: "ledger", Message: "an s3 URL has no fragment", Hint: "write %23 for # in the prefix"},
		{Key: "ledger", Message: "pathStyle: expected true or false"},
		{Key: "ledger", Message: `unknown option "regin"`, Hint: `did you mean "region"?`},
	}, problems)
}

func TestBadURLsAreConfigFailures(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	for url, message := range map[string]string{
		"":                                    "expected a file or s3 URL",
		"/var/lib/ledger":                     "expected a file or s3 URL",
		"gs://bucket":                         "expected a file or s3 URL",
		"file:":                               "expected a folder",
		"file://":                             "expected a folder",
		"file:///a%00b":                       "expected a folder",
		"file://ledger/x":                     "a folder has no host",
		"file:///var?x=1":                     "a folder takes no options",
		"file:///var?":                        "a folder takes no options",
		"file:///a#b":                         "a folder takes no options",
		"file:%zz":                            "not a URL",
		"s3://%zz":                            "not a URL",
		"file://" + file:                      "it is a file",
		"s3:///prefix":                        `"" is not a bucket's name`,
		"s3://B":                              `"B" is not a bucket's name`,
		"s3://bucket:80/x":                    "is not a bucket's name",
		"s3://bucket/a/../b":                  "prefix: element . or ..",
		"s3://bucket//a":                      "prefix: empty element",
		"s3://bucket/.a":                      "prefix: names that begin with a dot",
		"s3://bucket?zone=x":                  `unknown option "zone"`,
		"s3://bucket?region=a&region=b":       `expected one value for option "region"`,
		"s3://bucket?region=":                 `expected one value for option "region"`,
		"s3://bucket?pathStyle=1":             "pathStyle: expected true or false",
		"s3://bucket?endpoint=localhost:9000": "endpoint: expected an http or https address",
		"s3://bucket?endpoint=//x":            "endpoint: expected an http or https address",
		"s3://bucket?a=%zz":                   "the options after ? cannot be read",
		"s3://bucket#x":                       "an s3 URL has no fragment",
		"s3://bucket":                         "no region",
		"s3://bucket?profile=nobody":          "load AWS configuration",
		"s3://bucket?region=x&profile=empty":  "get AWS credentials",
	} {
		t.Run(url, func(t *testing.T) {
			t.Parallel()
			_, err := ledger.Open(t.Context(), url)
			require.ErrorContains(t, err, message)
			require.Equal(t, failure.Config, failure.ClassOf(err))
		})
	}
}

func TestCredentialsInURLsAreNotRepeated(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"s3://KEY:SECRET@bucket", "s3:KEY:SECRET@bucket", "KEY:SECRET@bucket", "s3://bucket?secret=SECRET", "http://u:SECRET@%zz",
		"s3://bucket?endpoint=http://u:SECRET@host", "s3://bucket#SECRET", "https://host/?token=SECRET", "file:///a?key=SECRET",
		"s3:KEY:SECRET",
	} {
		_, err := ledger.Open(t.Context(), url)
		require.Error(t, err, url)
		require.NotContains(t, err.Error()+failure.HintOf(err), "SECRET")
	}
}

func TestDirectoryURLs(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "50% of #1? ünï")
	require.NoError(t, open(t, ledger.DirectoryURL(dir)).Put(t.Context(), "runs/a", nil))
	require.FileExists(t, filepath.Join(dir, "runs", "a"))
	require.Equal(t, []string{"runs/a"}, list(t, open(t, ledger.DirectoryURL(dir)), ""))
}
