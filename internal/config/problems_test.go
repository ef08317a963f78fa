package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/internal/config"
	"metronome/internal/failure"
)

const broken = `ledgr: file:///var/lib/metronome
rclone: [rclone.conf]
pools:
  Box:
    provider: bx
    requestsPerSecond: 0
    burst: 1.5
    maxWorkers: "8"
    account: {burst: 017}
    budget: {day: 1_000, week: 3}
    serialWrites: yes
  drive:
    requestsPerSecond: .inf
  drive:
    provider: drive
calendars:
  US: {country: USA, holidays: [2026-02-30, 2026-11-27, 2026-11-27], workdays: [2026-11-27]}
batch: {target: 60}
beat: {min: 40s}
`

const brokenProblems = `metronome.yaml:1: ledgr: unknown key (did you mean "ledger"?)
metronome.yaml:1: ledger: missing
metronome.yaml:2: rclone: expected text, found a list
metronome.yaml:4: pools.Box: not a pool's name (a-z, 0-9 and '-', at most 40, beginning with a letter or digit)
metronome.yaml:5: pools.Box.provider "bx": expected one of drive, onedrive, box, dropbox, egnyte, nextcloud, sharefile, azureblob, ` +
	`googlecloudstorage, s3, webdav, sftp, local (did you mean "box"?)
metronome.yaml:6: pools.Box.requestsPerSecond "0": expected 0.001 to 100000
metronome.yaml:7: pools.Box.burst "1.5": expected a whole number
metronome.yaml:8: pools.Box.maxWorkers "8": expected a number, found text (write a number without quotes)
metronome.yaml:9: pools.Box.account.burst "017": expected a number (digits, like 16 or 0.5)
metronome.yaml:9: pools.Box.account.requestsPerSecond: missing
metronome.yaml:10: pools.Box.budget.day "1_000": expected a number (digits, like 16 or 0.5)
metronome.yaml:10: pools.Box.budget.week: unknown key (known: day, month)
metronome.yaml:11: pools.Box.serialWrites "yes": expected true or false, found text (write true or false without quotes)
metronome.yaml:13: pools.drive.requestsPerSecond ".inf": expected a number (digits, like 16 or 0.5)
metronome.yaml:13: pools.drive.provider: missing
metronome.yaml:14: pools.drive: duplicate key (keep one of them)
metronome.yaml:17: calendars.US.country "USA": unknown (did you mean "US"?)
metronome.yaml:17: calendars.US.holidays[0] "2026-02-30": expected a date, like 2026-11-27
metronome.yaml:17: calendars.US.holidays[2] "2026-11-27": duplicate value (keep one of them)
metronome.yaml:18: batch.target "60": expected a duration, found a number (with its unit, like 90s or 1m30s)
metronome.yaml:19: beat: min 40s is above max 30s`

func TestParseReportsEveryProblem(t *testing.T) {
	t.Parallel()
	_, err := config.Parse("metronome.yaml", []byte(broken))
	require.EqualError(t, err, brokenProblems)
	require.Equal(t, failure.ExitBadConfig, failure.ExitCode(err))
}

func TestParseRefusesAFileWithoutOneDocument(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                        "metronome.yaml: the file is empty",
		"# only a comment\n":      "metronome.yaml: the file is empty",
		"a: 1\n---\nb: 2\n":       "metronome.yaml:2: found a second document (one document per file)",
		"a: [1\nb: 2\n":           "metronome.yaml:1: not valid YAML: did not find expected ',' or ']'",
		"\tledger: x\n":           "metronome.yaml: not valid YAML: found character that cannot start any token",
		"ledger: \xff\n":          "metronome.yaml: not valid YAML: invalid leading UTF-8 octet",
		least + "<<: {batch: {}}": "metronome.yaml:4: merging mappings with << is not supported (write the keys out)",
	} {
		_, err := config.Parse("metronome.yaml", []byte(text))
		require.ErrorContains(t, err, want)
	}
}

func TestParseReadsLedgerURLs(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"file:///var/lib/../x/":         "file:///var/x",
		"file:../my%20ledger":           "file:///etc/my%20ledger",
		"s3://bucket/a/b?profile=close": "s3://bucket/a/b?profile=close",
	} {
		got, err := config.Parse("/etc/m/metronome.yaml", withLedger(url))
		require.NoError(t, err, url)
		require.Equal(t, want, got.Ledger.String())
	}
}

func TestParseReportsEveryProblemOfTheLedgerURL(t *testing.T) {
	t.Parallel()
	_, err := config.Parse("metronome.yaml", withLedger("s3://B?regin=SECRET"))
	require.EqualError(t, err, `metronome.yaml:1: ledger: "B" is not a bucket's name (a-z, 0-9, '-' and '.', 3 to 63, beginning and ending `+
		`with a letter or digit)`+"\n"+`metronome.yaml:1: ledger: unknown option "regin" (did you mean "region"?)`)
	_, err = config.Parse("metronome.yaml", withLedger("file://ledger/x"))
	require.EqualError(t, err, `metronome.yaml:1: ledger "file://ledger/x": a folder has no host `+
		`(write file:ledger/x for a folder beside the configuration file, file:///… for an absolute one)`)
}

func TestParseRefusesADayOffThatIsAWorkday(t *testing.T) {
	t.Parallel()
	_, err := config.Parse("metronome.yaml", []byte(least+"calendars: {US: {holidays: [2026-11-27], workdays: [2026-11-27]}}"))
	require.EqualError(t, err, "metronome.yaml:4: calendars.US: 2026-11-27 is a holiday and a workday (keep one of them)")
}

func withLedger(url string) []byte {
	return []byte(strings.Replace(least, "file:///l", `"`+url+`"`, 1))
}

func TestFindPrefersTheFlag(t *testing.T) {
	t.Parallel()
	require.Equal(t, "a", config.Find("a", "b"))
	require.Equal(t, "b", config.Find("", "b"))
	require.Equal(t, "metronome.yaml", config.Find("", ""))
}

func TestLoadResolvesAgainstTheFolderOfTheFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "metronome.yaml")
	require.NoError(t, os.WriteFile(file, []byte("ledger: file:ledger\nrclone: conf/r.conf\npools: {a: {provider: s3}}\n"), 0o600))
	got, err := config.Load(file)
	require.NoError(t, err)
	require.Equal(t, "file://"+dir+"/ledger", got.Ledger.String())
	require.Equal(t, filepath.Join(dir, "conf/r.conf"), got.Rclone)
}

func TestLoadSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "metronome.yaml")
	_, err := config.Load(file)
	require.EqualError(t, err, `configuration "`+file+`": read file: no such file or directory`)
	require.Equal(t, "name it with --config or METRONOME_CONFIG", failure.HintOf(err))
	require.Equal(t, failure.Config, failure.ClassOf(err))

	_, err = config.LoadRemotes(filepath.Dir(file))
	require.ErrorContains(t, err, "is a directory")
	require.Equal(t, failure.Config, failure.ClassOf(err))
}

func TestCalendarIsOwnOrCountry(t *testing.T) {
	t.Parallel()
	got, err := config.Parse("metronome.yaml", []byte(full))
	require.NoError(t, err)
	own, err := got.Calendar("US")
	require.NoError(t, err)
	require.False(t, own.IsWorkday(day("2026-11-27")))
	german, err := got.Calendar("DE")
	require.NoError(t, err)
	require.True(t, german.IsWorkday(day("2026-11-27")))
	for _, name := range []string{"", "XX"} {
		_, err = got.Calendar(name)
		require.Equal(t, failure.Config, failure.ClassOf(err))
	}
}
