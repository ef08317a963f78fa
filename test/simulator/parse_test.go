package simulator

import (
	"os"
	"path"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	t.Parallel()
	profile, err := Parse("p.yaml", []byte(`
seed: 7
providers:
  - name: box
    kind: webdav
    answer: 429
    limits: [{requestsPerSecond: 10, burst: 20}, {scope: account, allowance: 240, per: 1m}]
    latency: {p50: 40ms, p99: 1s}
`))
	require.NoError(t, err)
	require.Equal(t, Profile{Seed: 7, Providers: []Provider{{
		Name: "box", Kind: KindWebDAV, Answer: Answer429,
		Limits:  []Limit{{RequestsPerSecond: 10, Burst: 20}, {Scope: ScopeAccount, Allowance: 240, Per: time.Minute}},
		Latency: Latency{P50: 40 * time.Millisecond, P99: time.Second},
	}}}, profile)
}

func TestParseReportsAllProblemsWithLines(t *testing.T) {
	t.Parallel()
	_, err := Parse("p.yaml", []byte(`
providers:
  - name: Box 1
    kind: ftp
    colour: red
    accounts: {segment: -1}
    weights: {sing: 1}
    limits:
      - {requestsPerSecond: 10, allowance: 3}
      - {scope: planet, allowance: 240, per: 1m}
      - requestsPerSecond: 0.5
        burst: 0.5
      - {measure: units, allowance: 1, per: -1s}
    writers: {max: -1}
    latency: {p50: 2s, p99: 1s}
    faults: {errors: 0.9, dropAfter: 0.2, errorStatuses: [200]}
    paths: [{pattern: "(", status: 99}]
  - name: twice
    kind: s3
    accounts: {by: user}
    webdav: {put: truncating}
  - name: twice
    kind: webdav
    s3: {buckets: [a]}
    latency: {fixed: soon}
`))
	require.Error(t, err)
	require.Equal(t, []string{
		`p.yaml:5: colour: unknown key (the keys are those of Provider in the simulator's README)`,
		"p.yaml:25: cannot unmarshal !!str `soon` into time.Duration",
		`p.yaml:3: providers[0].name "Box 1": must be lower-case letters, digits and dashes`,
		`p.yaml:4: providers[0].kind "ftp": must be one of [webdav s3]`,
		`p.yaml:6: providers[0].accounts.segment "-1": segments are counted from 1`,
		`p.yaml:7: providers[0].weights.sing "sing": must be one of [read download list write upload]`,
		`p.yaml:9: providers[0].limits[0]: needs either requestsPerSecond and burst or allowance and per`,
		`p.yaml:10: providers[0].limits[1].scope "planet": must be one of [pool account]`,
		`p.yaml:11: providers[0].limits[2] "0.5": is less than one request needs, so none would ever be granted`,
		`p.yaml:13: providers[0].limits[3]: allowance and per must be positive`,
		`p.yaml:14: providers[0].writers.max "-1": must not be negative`,
		`p.yaml:15: providers[0].latency.p99 "1s": needs a p50 that is not greater`,
		`p.yaml:16: providers[0].faults "1.1": the shares must not be more than 1 together`,
		`p.yaml:16: providers[0].faults.errorStatuses[0] "200": must be an HTTP status from 400 to 599`,
		`p.yaml:17: providers[0].paths[0].pattern "(": is not a regular expression`,
		`p.yaml:17: providers[0].paths[0].status "99": must be an HTTP status from 400 to 599`,
		`p.yaml:20: providers[1].accounts.by "user": is not known to s3 requests`,
		`p.yaml:21: providers[1].webdav: an S3 server has no such behaviours`,
		`p.yaml:22: providers[2].name "twice": is declared twice`,
		`p.yaml:24: providers[2].s3 "a": a WebDAV server has no buckets`,
	}, strings.Split(err.Error(), "\n"))
}

func TestParseOfWhatIsNoProfile(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"":                       "p.yaml: providers: declares no provider",
		"providers: []":          "p.yaml:1: providers: declares no provider",
		"providers: [":           "p.yaml:1: did not find expected node content",
		"seed: 1\nseed: 2":       `mapping key "seed" already defined`,
		"providers: {a: b}":      "p.yaml:1: cannot unmarshal !!map into []simulator.Provider",
		"providers: [{a: b}]\n0": "p.yaml:2: ",
	} {
		_, err := Parse("p.yaml", []byte(text))
		require.ErrorContains(t, err, says, text)
	}
}

func TestShippedProfilesAreGood(t *testing.T) {
	t.Parallel()
	entries, err := profiles.ReadDir("profiles")
	require.NoError(t, err)
	require.Len(t, entries, 8)
	for _, entry := range entries {
		_, err := Shipped(strings.TrimSuffix(entry.Name(), path.Ext(entry.Name())))
		require.NoError(t, err)
	}
	_, err = Shipped("nothing")
	require.Error(t, err)
}

func TestReadmeDescribesEveryKeyAndValue(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("README.md")
	require.NoError(t, err)
	readme := string(data)
	for _, key := range yamlKeys(reflect.TypeFor[Profile]()) {
		require.Contains(t, readme, "| `"+key+"` |")
	}
	for _, answer := range answers {
		require.Contains(t, readme, "| `"+string(answer)+"` |")
	}
}

// yamlKeys returns the keys of a struct and of all structs in it.
func yamlKeys(of reflect.Type) (keys []string) {
	for of.Kind() == reflect.Slice {
		of = of.Elem()
	}
	if of.Kind() != reflect.Struct {
		return nil
	}
	for i := range of.NumField() {
		key, _, _ := strings.Cut(of.Field(i).Tag.Get("yaml"), ",")
		keys = append(keys, key)
		keys = append(keys, yamlKeys(of.Field(i).Type)...)
	}
	return keys
}
