package catalog_test

import (
	"cmp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/internal/catalog"
	"metronome/internal/entity"
	"metronome/internal/failure"
)

const acme = `{"id":"acme-us","name":"Acme US, Inc.","pool":"box","account":"acme","remote":"box-acme:Close/Acme US",` +
	`"templates":"standard","calendar":"US","timezone":"America/New_York","fiscalYearEnd":12,"state":"active"}`

func TestParseReadsALine(t *testing.T) {
	t.Parallel()
	got, err := catalog.Parse("entities.jsonl", []byte("\ufeff\n"+acme+"\r\n\n"), known)
	require.NoError(t, err)
	require.Equal(t, []entity.Entity{{
		ID: "acme-us", Name: "Acme US, Inc.", Pool: "box", Account: "acme", Remote: "box-acme:Close/Acme US",
		Templates: "standard", Calendar: "US", Timezone: "America/New_York", FiscalYearEnd: 12, State: entity.Active,
	}}, got.Entities)
}

// problemsOf returns the lines of a failed Parse without the file's name.
func problemsOf(t *testing.T, err error) []string {
	t.Helper()
	var problems failure.Problems
	require.ErrorAs(t, err, &problems)
	require.Equal(t, failure.Data, problems.Class)
	lines := make([]string, len(problems.List))
	for i, p := range problems.List {
		lines[i] = strings.TrimPrefix(p.String(), p.File+":")
	}
	return lines
}

func TestParseReportsWhatIsWrongWithALine(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 256)
	for _, test := range []struct {
		old, new string // replaced in the line of acme
		want     []string
	}{
		{`"pool":"box"`, `"pool":"bx"`, []string{`1: pool "bx": unknown pool (did you mean "box"?)`}},
		{`"pool":"box"`, `"pool":"dropbox-europe"`, []string{`1: pool "dropbox-europe": unknown pool (known: box, demo, disk, drive, one, s3, share)`}},
		{`"pool":"box"`, `"pool":5`, []string{`1: pool "5": expected text (put it in quotes)`}},
		{`"pool":"box"`, `"pool":null`, []string{`1: pool "null": expected text (put it in quotes)`}},
		{`"pool":"box"`, `"pool":{"a":[1]}`, []string{`1: pool "{\"a\":[1]}": expected text (put it in quotes)`}},
		{`"pool":"box"`, `"pool":"box","pool":"box"`, []string{`1: pool: duplicate key (keep one of them)`}},
		{`"pool":"box"`, `"Pool":"box"`, []string{`1: Pool: unknown key (did you mean "pool"?)`, `1: pool: missing`}},
		{`"pool":"box"`, `"pool":"box","note":"x"`, []string{`1: note: unknown key (did you mean "name"?)`}},
		{`"standard"`, `"standart"`, []string{`1: templates "standart": unknown template set (did you mean "standard"?)`}},
		{`"US"`, `"USA"`, []string{`1: calendar "USA": unknown calendar (did you mean "US"?)`}},
		{`America/New_York`, `America/New York`, []string{
			`1: timezone "America/New York": unknown time zone (an IANA name, like America/New_York)`}},
		{`America/New_York`, `Local`, []string{`1: timezone "Local": unknown time zone (an IANA name, like America/New_York)`}},
		{`America/New_York`, ``, []string{`1: timezone: unknown time zone (an IANA name, like America/New_York)`}},
		{`America/New_York`, `../../etc/passwd`, []string{
			`1: timezone "../../etc/passwd": unknown time zone (an IANA name, like America/New_York)`}},
		{`12`, `13`, []string{`1: fiscalYearEnd "13": expected a month, 1 to 12 (the last month of the fiscal year)`}},
		{`12`, `0`, []string{`1: fiscalYearEnd "0": expected a month, 1 to 12 (the last month of the fiscal year)`}},
		{`12`, `"12"`, []string{`1: fiscalYearEnd "\"12\"": expected a month, 1 to 12 (the last month of the fiscal year)`}},
		{`12`, `1.2e1`, []string{`1: fiscalYearEnd "1.2e1": expected a month, 1 to 12 (the last month of the fiscal year)`}},
		{`"active"`, `"Active"`, []string{`1: state "Active": unknown state (did you mean "active"?)`}},
		{`"active"`, `"active","close":"no"`, []string{`1: close "no": unknown convention (known: non-close, standard)`}},
		{`"acme-us"`, `"Acme"`, []string{
			`1: id "Acme": not an entity's id (1 to 100 of a-z, 0-9, '-', '_', '.', beginning with a letter or digit)`}},
		{`"acme-us"`, `""`, []string{
			`1: id: not an entity's id (1 to 100 of a-z, 0-9, '-', '_', '.', beginning with a letter or digit)`}},
		{`Acme US, Inc.`, ``, []string{`1: name: empty`}},
		{`Acme US, Inc.`, ` Acme`, []string{`1: name " Acme": begins or ends with a space`}},
		{`Acme US, Inc.`, `Acme\u0007`, []string{`1: name "Acme\a": contains a control character`}},
		{`Acme US, Inc.`, long, []string{`1: name "` + long + `": 256 bytes long, expected at most 255`}},
		{`"account":"acme"`, `"account":""`, []string{`1: account: empty`}},
		{acme, `{}`, []string{`1: id: missing`, `1: name: missing`, `1: account: missing`, `1: remote: missing`, `1: pool: missing`,
			`1: templates: missing`, `1: calendar: missing`, `1: timezone: missing`, `1: state: missing`, `1: fiscalYearEnd: missing`}},
		{acme, `[]`, []string{`1: not a JSON object (one JSON object per line)`}},
		{acme, acme + `{}`, []string{`1: found text after the JSON object (one JSON object per line)`}},
		{acme, `{"id":"a" "name":"b"}`, []string{`1: not valid JSON at column 11: invalid character '"' after object value ` +
			`(expecting ',' or '}') (one JSON object per line)`}},
		{acme, `{"id":`, []string{`1: not valid JSON at column 7: unexpected EOF (one JSON object per line)`}},
		{acme, "{\"id\":\"\xff\"}", []string{`1: not valid JSON at column 8: invalid UTF-8 (one JSON object per line)`}},
		{acme, ``, []string{" the catalog is empty (`metronome catalog import` creates one from a customer list)"}},
	} {
		t.Run(test.new, func(t *testing.T) {
			t.Parallel()
			_, err := catalog.Parse("entities.jsonl", []byte(strings.Replace(acme, test.old, test.new, 1)), known)
			require.Equal(t, test.want, problemsOf(t, err))
		})
	}
}

func TestParseReportsBadRemotes(t *testing.T) {
	t.Parallel()
	for remote, want := range map[string]string{
		"Close/Acme":                           "expected a remote of the rclone configuration and a path (box-acme:Close/Acme)",
		"":                                     "expected a remote of the rclone configuration and a path (box-acme:Close/Acme)",
		":s3,env_auth:bucket":                  "expected a remote of the rclone configuration and a path (box-acme:Close/Acme)",
		"box-acme,token=x:Close":               "expected a remote of the rclone configuration and a path (box-acme:Close/Acme)",
		"/a:b":                                 "expected a remote of the rclone configuration and a path (box-acme:Close/Acme)",
		"box-acmee:Close":                      `no remote "box-acmee" in the rclone configuration (did you mean "box-acme"?)`,
		"crypt:Close":                          `remote "crypt" is of type "crypt", which Metronome does not contain`,
		"box-acme:/Close":                      "the path is absolute (remove the / after the colon)",
		"box-acme:Close/":                      "the path has an empty name (no / at the beginning or end, and no //)",
		"box-acme:Close//Acme":                 "the path has an empty name (no / at the beginning or end, and no //)",
		"box-acme:..":                          `the path contains ".." (name the folder itself)`,
		"box-acme:a/../../b":                   `the path contains ".." (name the folder itself)`,
		"box-acme:./a":                         `the path contains "." (name the folder itself)`,
		`box-acme:Close\Acme`:                  "the path contains \\ (separate folders by /)",
		"box-acme:Close /Acme":                 `"Close " begins or ends with a space (storage providers drop or refuse it)`,
		"box-acme:Close/\u00a0A":               `"\u00a0A" begins or ends with a space (storage providers drop or refuse it)`,
		"box-acme:Close/A\x00":                 "the path contains a control character",
		"box-acme:Close/A\u0085B":              "the path contains a control character",
		"box-acme:" + strings.Repeat("x", 256): "a name of the path is 256 bytes long, expected at most 255",
		"box-acme:" + strings.Repeat("ab/", 134) + "a": "the path is 403 characters long, expected at most 400",
		"one:Acme, Inc.": `"Acme, Inc." ends with a dot (the storage provider refuses it)`,
		"share:.acme":    `".acme" begins with a dot (the storage provider refuses it)`,
		"s3-main:":       "expected a bucket (remote:bucket/path)",
		"disk:/":         "the path has an empty name (no / at the beginning or end, and no //)",
		"disk:/a/../b":   `the path contains ".." (name the folder itself)`,
	} {
		t.Run(remote, func(t *testing.T) {
			t.Parallel()
			_, err := catalog.Parse("entities.jsonl", catalog.Encode([]entity.Entity{at("a", remote)}), known)
			var problems failure.Problems
			require.ErrorAs(t, err, &problems)
			require.Len(t, problems.List, 1, "%v", err)
			problem := problems.List[0]
			require.Equal(t, "remote", problem.Key)
			require.Equal(t, remote, problem.Value)
			text := problem.Message
			if problem.Hint != "" && strings.Contains(want, "(") {
				text += " (" + problem.Hint + ")"
			}
			require.Equal(t, want, text)
		})
	}
}

// What the catalog's check says of a remote is what the first upload of a pool says.
func TestRemotesOfAnotherTypeThanThePools(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ pool, remote, want string }{
		{"box", "dav:Close", `2: remote "dav:Close": remote "dav" is of type "webdav", by which provider box of pool "box" is not reached ` +
			"(name a remote of type box, or say remoteType: webdav in the pool)"},
		{"demo", "box-acme:Close", `2: remote "box-acme:Close": remote "box-acme" is of type "box", but pool "demo" says remoteType: webdav ` +
			"(name a remote of the pool's type, or correct the pool)"},
		{"box", "box-acme:Close/", `2: remote "box-acme:Close/": the path has an empty name (no / at the beginning or end, and no //)`},
		{"demo", "dav:Close", ""},
	} {
		e := at("b", test.remote)
		e.Pool = test.pool
		_, err := catalog.Parse("entities.jsonl", catalog.Encode([]entity.Entity{at("a", "box-acme:x"), e}), known)
		alone := catalog.CheckRemote(e, known.Pools[test.pool], known.Remotes)
		if test.want == "" {
			require.NoError(t, err)
			require.Empty(t, alone)
			continue
		}
		require.Equal(t, []string{test.want}, problemsOf(t, err))
		require.Len(t, alone, 1)
		require.Equal(t, test.want, "2"+alone[0].String())
	}
}

// Where the remotes are not known yet, the pool says what kind of storage they lead to.
func TestPathsAreCheckedByThePoolsProvider(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"s3": "expected a bucket", "share": "", "box": "",
	} {
		problems := catalog.CheckRemote(entity.Entity{Pool: name, Remote: "whatever:"}, known.Pools[name], nil)
		require.Equal(t, want != "", len(problems) == 1, name)
	}
	require.Empty(t, catalog.CheckRemote(entity.Entity{Pool: "disk", Remote: "whatever:/var/lib"}, known.Pools["disk"], nil))
	require.Len(t, catalog.CheckRemote(entity.Entity{Pool: "share", Remote: "whatever:.a"}, known.Pools["share"], nil), 1)
}

func TestParseTakesGoodRemotes(t *testing.T) {
	t.Parallel()
	for _, remote := range []string{
		"box-acme:", "box-acme:Close/Acme, Inc.", "box-acme:Close/Größe: 東京", "disk:/var/lib/x", "disk:x", "s3-main:bucket",
		"one:" + strings.Repeat("é", 127), "box-acme:...", "box-acme:Close/..a",
	} {
		_, err := catalog.Parse("entities.jsonl", catalog.Encode([]entity.Entity{at("a", remote)}), known)
		require.NoError(t, err, remote)
	}
}

func TestParseKnowsNoRemotesWithoutTheRcloneConfiguration(t *testing.T) {
	t.Parallel()
	against := known
	against.Remotes = nil
	_, err := catalog.Parse("entities.jsonl", catalog.Encode([]entity.Entity{at("a", "whatever:Close")}), against)
	require.NoError(t, err)
}

// at returns a valid entity at a remote, in the pool of that remote.
func at(id, remote string) entity.Entity {
	pools := map[string]string{"s3-main": "s3", "disk": "disk", "one": "one", "share": "share", "dav": "demo"}
	name, _, _ := strings.Cut(remote, ":")
	return entity.Entity{
		ID: entity.ID(id), Name: "Acme", Pool: cmp.Or(pools[name], "box"), Account: "acme", Remote: remote, Templates: "standard", Calendar: "US",
		Timezone: "UTC", FiscalYearEnd: 6, Close: entity.NonClose, State: entity.Inactive,
	}
}
