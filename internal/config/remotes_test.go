package config_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/unknwon/goconfig" //nolint:misspell // the author's name

	"metronome/internal/config"
	"metronome/internal/failure"
)

func day(text string) time.Time {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return at
}

func TestParseRemotesReadsTypes(t *testing.T) {
	t.Parallel()
	got, err := config.ParseRemotes("rclone.conf", []byte("\ufeff# made by rclone\n\n[box-acme]\ntype = box\ntoken = {\"a\":\"b=c\"}\n\n"+
		"[Größe 2]\r\ntype=webdav\r\n; comment\r\nurl = https://a.example/[x]\r\npass = `\r\n[s3]\ntype = s3\nempty =\n"))
	require.NoError(t, err)
	require.Equal(t, map[string]string{"box-acme": "box", "Größe 2": "webdav", "s3": "s3"}, got)
}

func TestParseRemotesRefusesWhatWouldEndTheProcess(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, want string }{
		"encrypted": {"# Encrypted rclone configuration File\n\nRCLONE_ENCRYPT_V0:\nSECRET=\n",
			"rclone.conf:3: the file is encrypted (run `rclone config encryption remove`, or write a copy that only Metronome can read)"},
		"later encryption": {"RCLONE_ENCRYPT_V9:\nSECRET\n", "rclone.conf:1: the file is encrypted"},
		"empty":            {"", "rclone.conf: the file has no remote (create one with `rclone config`)"},
		"no section":       {"type = SECRET\n", "rclone.conf:1: a line before the first [remote]"},
		"no equals sign":   {"[a]\ntype = s3\nSECRET\n", "rclone.conf:3: a: not a `key = value` line"},
		"no key":           {"[a]\ntype = s3\n= SECRET\n", "rclone.conf:3: a: not a `key = value` line"},
		"quoted key":       {"[a]\ntype = s3\n\"SECRET\" = x\n", "rclone.conf:3: a: not a `key = value` line"},
		"open quotation":   {"[a]\ntype = s3\npass = `SECRET\n", "rclone.conf:3: a.pass: a quotation that does not end on the same line"},
		"open long one":    {"[a]\ntype = s3\npass = \"\"\"SECRET\n", "rclone.conf:3: a.pass: a quotation that does not end on the same line"},
		"no name":          {"[]\ntype = s3\n", "rclone.conf:1: not a remote's name"},
		"bad name":         {"[a:b]\ntype = s3\n", "rclone.conf:1: not a remote's name"},
		"no type":          {"[a]\npass = SECRET\n", "rclone.conf:1: a: the remote has no type"},
		"quoted type":      {"[a]\ntype = `s3`\n", "rclone.conf:2: a.type: not a remote's type"},
		"twice":            {"[a]\ntype = s3\n[a]\ntype = box\n", "rclone.conf:3: a: duplicate remote, also on line 1 (keep one of them)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := config.ParseRemotes("rclone.conf", []byte(test.text))
			require.ErrorContains(t, err, test.want)
			require.NotContains(t, err.Error(), "SECRET")
			require.Equal(t, failure.ExitBadConfig, failure.ExitCode(err))
		})
	}
}

func TestParseRemotesReportsEveryProblem(t *testing.T) {
	t.Parallel()
	_, err := config.ParseRemotes("rclone.conf", []byte("[a]\nx\n[b]\ntype = s3\ny\n[:]\n"))
	require.EqualError(t, err, "rclone.conf:1: a: the remote has no type\nrclone.conf:2: a: not a `key = value` line\n"+
		"rclone.conf:5: b: not a `key = value` line\n"+
		"rclone.conf:6: not a remote's name (letters, digits, '_', '-', '.', '+', '@' and spaces inside)")
}

func TestLoadRemotesReadsTheFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "rclone.conf")
	require.NoError(t, os.WriteFile(file, []byte("[a]\ntype = s3\n"), 0o600))
	got, err := config.LoadRemotes(file)
	require.NoError(t, err)
	require.Equal(t, map[string]string{"a": "s3"}, got)

	require.NoError(t, os.WriteFile(file, []byte("[a]\n"), 0o600))
	_, err = config.LoadRemotes(file)
	require.EqualError(t, err, file+":1: a: the remote has no type")
}

// What ParseRemotes accepts, the library's own parser must read, with the same types.
func FuzzParseRemotesAcceptsOnlyWhatTheLibraryReads(f *testing.F) {
	for _, seed := range []string{
		"[a]\ntype = s3\n", "[a]\ntype=\"\"\"s3\"\"\"\n", "[a]\ntype=`s3`\n", "[a]\ntype : s3\n-=x\n", "[ a ]\ntype = box\n[b]\ntype=x",
		"\ufeff[a]\ntype = s3", "[a]\ntype = `", "[a]\ntype = \"\"\"x\"\"", "[DEFAULT]\ntype = s3\n", "[a]\n\"k\"=1\ntype=s3",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := config.ParseRemotes("rclone.conf", data)
		if err != nil {
			return
		}
		library, err := goconfig.LoadFromReader(bytes.NewReader(data))
		require.NoError(t, err)
		want := map[string]string{}
		for _, name := range library.GetSectionList() {
			kind, err := library.GetValue(name, "type")
			require.NoError(t, err, "remote %q", name)
			want[name] = kind
		}
		require.Equal(t, want, got)
	})
}

func FuzzParse(f *testing.F) {
	for _, test := range judged {
		f.Add([]byte(test.yaml))
	}
	f.Add([]byte(broken))
	f.Add([]byte("a: &a [*a]\npools: &p {x: *p}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := config.Parse("metronome.yaml", data)
		if err != nil {
			require.Equal(t, failure.Config, failure.ClassOf(err))
			return
		}
		require.NotZero(t, got.Ledger)
		require.NotEmpty(t, got.Pools)
		for _, pool := range got.Pools {
			require.True(t, pool.Burst > 0 || pool.RequestsPerSecond == 0)
			require.Positive(t, pool.MaxWorkers)
		}
	})
}
