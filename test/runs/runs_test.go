// Package runs replicates whole periods with the metronome program against simulated providers, and judges by what the
// providers stored and counted.
package runs

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/internal/entity"
	"metronome/internal/period"
	"metronome/test/installation"
	"metronome/test/simulator"
)

func TestMain(m *testing.M) {
	code := m.Run()
	installation.Clean()
	os.Exit(code)
}

var december = period.New(2026, 12)

// setup makes an installation with a profile in YAML and the small template set.
func setup(t *testing.T, profile, config string, entities []entity.Entity) *installation.Installation {
	t.Helper()
	parsed, err := simulator.Parse("profile", []byte(profile))
	require.NoError(t, err)
	return installation.New(t, installation.Spec{
		Profile: parsed, Config: config, Templates: []byte(installation.SmallSet), Entities: entities,
	})
}

// replicate runs a period and wants a certain exit code.
func replicate(t *testing.T, i *installation.Installation, p period.Period, exitCode int) installation.Result {
	t.Helper()
	result := i.Metronome(t, "run", "--period", p.String(), "--output", "json")
	require.Equal(t, exitCode, result.ExitCode, "%s\n%s", result.Out, result.Err)
	return result
}

// requireKind wants a provider to have seen neither an overwrite, nor a delete, nor more than its limits.
func requireKind(t *testing.T, i *installation.Installation, pool string) simulator.Counts {
	t.Helper()
	counts := i.Simulator.Counts(pool)
	require.Zero(t, counts.Overwrites, "overwrites at %s", pool)
	require.Zero(t, counts.Deletes, "deletes at %s", pool)
	return counts
}

func dav(requestsPerSecond, burst int) string {
	return fmt.Sprintf(`providers:
  - name: dav
    kind: webdav
    limits: [{requestsPerSecond: %d, burst: %d}]
    latency: {p50: 5ms, p99: 30ms}
`, requestsPerSecond, burst)
}

const quickBeats = "batch: {target: 1s}\nbeat: {min: 200ms, max: 1s}\n"

func TestFaultsLoseNothing(t *testing.T) {
	t.Parallel()
	const profile = `seed: 11
providers:
  - name: dav
    kind: webdav
    webdav: {put: truncating, infinity: flatten}
    limits: [{requestsPerSecond: 200, burst: 100}]
    faults: {errors: 0.04, dropBefore: 0.02, dropDuring: 0.02, dropAfter: 0.02}
  - name: s3
    kind: s3
    accounts: {segment: 2}
    s3: {buckets: [close]}
    limits: [{requestsPerSecond: 200, burst: 100}]
    faults: {errors: 0.04, errorStatuses: [500, 503], dropBefore: 0.02, dropAfter: 0.02}
`
	const config = `pools:
  dav: {provider: webdav, requestsPerSecond: 100, burst: 30, maxWorkers: 3}
  s3: {provider: s3, requestsPerSecond: 100, burst: 30, maxWorkers: 3}
` + quickBeats
	i := setup(t, profile, config, append(installation.Entities("dav", "%s/Close", 10), installation.Entities("s3", "close/%s", 10)...))
	result := replicate(t, i, december, 0)
	require.Equal(t, 20, result.Report.Entities.Done)
	i.RequireReplicated(t, december)
	require.Zero(t, i.Simulator.Counts("dav").Deletes)
	requireKind(t, i, "s3")
}

func TestThrottledPoolFindsTheRateItBears(t *testing.T) {
	t.Parallel()
	const config = "pools:\n  dav: {provider: webdav, requestsPerSecond: 80, burst: 10, maxWorkers: 3}\n" + quickBeats
	i := setup(t, dav(40, 10), config, installation.Entities("dav", "%s/Close", 40))
	result := replicate(t, i, december, 0)
	i.RequireReplicated(t, december)
	counts := requireKind(t, i, "dav")
	require.NotZero(t, result.Report.Pools["dav"].Throttled, "configured at twice the provider's limit")
	require.Less(t, counts.Outcomes[simulator.Throttled], counts.Requests/4, "it slows down instead of hammering")
}

func TestUnknownCeilingIsFound(t *testing.T) {
	t.Parallel()
	const config = "pools:\n  dav: {provider: webdav, maxWorkers: 3}\n" + quickBeats
	i := setup(t, dav(60, 20), config, installation.Entities("dav", "%s/Close", 40))
	replicate(t, i, december, 0)
	i.RequireReplicated(t, december)
	requireKind(t, i, "dav")
}

func TestWellConfiguredPoolIsNeverThrottled(t *testing.T) {
	t.Parallel()
	const config = `pools:
  dav: {provider: webdav, requestsPerSecond: 60, burst: 20, maxWorkers: 4}
` + quickBeats
	i := setup(t, dav(60, 20), config, installation.Entities("dav", "%s/Close", 30))
	result := replicate(t, i, december, 0)
	counts := requireKind(t, i, "dav")
	require.Zero(t, counts.Outcomes[simulator.Throttled])
	require.Empty(t, counts.Exceeded())
	require.EqualValues(t, counts.Requests, result.Report.Pools["dav"].Requests)
	for account, seen := range counts.Accounts {
		require.Zero(t, seen.Interleaved, "two workers at once on account %s", account)
	}
}

func TestDayBudgetParks(t *testing.T) {
	t.Parallel()
	const config = `pools:
  dav: {provider: webdav, requestsPerSecond: 50, burst: 10, maxWorkers: 2, budget: {day: 60}}
` + quickBeats
	i := setup(t, dav(100, 50), config, installation.Entities("dav", "%s/Close", 12))
	result := replicate(t, i, december, 75)
	tally := result.Report.Entities
	require.NotZero(t, tally.Parked)
	require.NotZero(t, tally.Done)
	require.Zero(t, tally.Failed)
	require.Equal(t, tally.Total, tally.Done+tally.Parked)
	require.NotEmpty(t, result.Report.Parking)
	require.LessOrEqual(t, i.Simulator.Counts("dav").Requests, 60)
}

func TestProvidersCapParks(t *testing.T) {
	t.Parallel()
	const profile = `providers:
  - name: dav
    kind: webdav
    answer: egnyte
    limits:
      - {requestsPerSecond: 100, burst: 50}
      - {allowance: 60, per: 24h, align: clock, cap: true}
`
	const config = "pools:\n  dav: {provider: egnyte, requestsPerSecond: 50, burst: 10, maxWorkers: 2}\n" + quickBeats
	i := setup(t, profile, config, installation.Entities("dav", "%s/Close", 12))
	result := replicate(t, i, december, 75)
	require.NotZero(t, result.Report.Entities.Parked)
	require.Zero(t, result.Report.Entities.Failed)
	require.Less(t, i.Simulator.Counts("dav").Outcomes[simulator.Capped], 10, "it does not go on asking")
}

func TestOneWriterPerNamespace(t *testing.T) {
	t.Parallel()
	const profile = `providers:
  - name: dav
    kind: webdav
    answer: dropbox
    limits: [{requestsPerSecond: 100, burst: 50}]
    writers: {max: 1}
    latency: {p50: 10ms, p99: 40ms}
`
	const config = "pools:\n  dav: {provider: dropbox, remoteType: webdav, requestsPerSecond: 60, burst: 20, maxWorkers: 4}\n" + quickBeats
	entities := installation.Entities("dav", "%s/Close", 12)
	for n := range entities {
		entities[n].Account = fmt.Sprintf("account%d", n%3)
		entities[n].Remote = fmt.Sprintf("dav:account%d/%s/Close", n%3, entities[n].ID)
	}
	i := setup(t, profile, config, entities)
	replicate(t, i, december, 0)
	i.RequireReplicated(t, december)
	counts := requireKind(t, i, "dav")
	require.Zero(t, counts.Outcomes[simulator.Contention])
	for account, seen := range counts.Accounts {
		require.LessOrEqual(t, seen.MaxWriters, 1, account)
	}
}

func TestPermanentTroubleFailsOneEntityAlone(t *testing.T) {
	t.Parallel()
	const config = "pools:\n  dav: {provider: webdav, requestsPerSecond: 80, burst: 20, maxWorkers: 3}\n" + quickBeats
	i := setup(t, dav(100, 50), config, installation.Entities("dav", "%s/Close", 8))
	require.NoError(t, i.Simulator.SetPaths("dav", simulator.PathRule{Pattern: "/dav-003/", Methods: []string{"PUT"}, Status: 403}))
	result := replicate(t, i, december, 3)
	require.Equal(t, 7, result.Report.Entities.Done)
	require.Len(t, result.Report.Failures, 1)
	failed := result.Report.Failures[0]
	require.Equal(t, entity.ID("dav-003"), failed.Entity)
	require.EqualValues(t, "permanent", failed.Class)
	require.NotEmpty(t, failed.Hint)

	require.NoError(t, i.Simulator.SetPaths("dav"))
	result = replicate(t, i, december, 0)
	require.Equal(t, 1, result.Report.Entities.Done)
	i.RequireReplicated(t, december)
	requireKind(t, i, "dav")
}

func TestCustomersThingsSurvive(t *testing.T) {
	t.Parallel()
	const config = "pools:\n  dav: {provider: webdav, requestsPerSecond: 100, burst: 40, maxWorkers: 2}\n" + quickBeats
	i := setup(t, dav(100, 50), config, installation.Entities("dav", "%s/Close", 3))
	at := func(name string) string {
		return filepath.Join(i.Simulator.Root("dav"), "dav-001", "Close", "2026", "12 December", filepath.FromSlash(name))
	}
	put := func(name, text string) {
		require.NoError(t, os.MkdirAll(filepath.Dir(at(name)), 0o755))
		require.NoError(t, os.WriteFile(at(name), []byte(text), 0o600))
	}
	put("Cash/1000 Cash 2026-12.xlsx", "the customer was first")
	put("Notes.txt", "hand-made")
	replicate(t, i, december, 0)
	put("Checklist 2026-12.xlsx", "edited by the customer")
	require.NoError(t, os.Remove(at("Tax/2000 Tax 2026-12.xlsx")))
	before, err := i.Simulator.Files("dav")
	require.NoError(t, err)
	counted := i.Simulator.Counts("dav").Requests
	replicate(t, i, december, 0)
	after, err := i.Simulator.Files("dav")
	require.NoError(t, err)
	require.Equal(t, before, after)
	require.Equal(t, counted, i.Simulator.Counts("dav").Requests, "a rerun asks nothing of the provider")
	text, err := os.ReadFile(at("Cash/1000 Cash 2026-12.xlsx"))
	require.NoError(t, err)
	require.Equal(t, "the customer was first", string(text))
	requireKind(t, i, "dav")
}

func TestBadCatalogWritesNothing(t *testing.T) {
	t.Parallel()
	const config = "pools:\n  dav: {provider: webdav}\n"
	entities := installation.Entities("dav", "%s/Close", 3)
	entities[1].Pool = "nowhere"
	entities[2].Remote = "dav:../Close"
	i := setup(t, dav(100, 50), config, entities)
	result := i.Metronome(t, "run", "--period", "2026-12")
	require.Equal(t, 65, result.ExitCode)
	require.Contains(t, result.Err, "nowhere")
	require.Contains(t, result.Err, "..")
	runs, err := i.Ledger.Children(t.Context(), "runs/")
	require.NoError(t, err)
	require.Empty(t, runs)
	require.Zero(t, i.Simulator.Counts("dav").Requests)
}

func TestFewRequests(t *testing.T) {
	t.Parallel()
	const profile = `providers:
  - {name: dav, kind: webdav}
  - {name: s3, kind: s3, accounts: {segment: 2}, s3: {buckets: [close]}}
`
	const config = `pools:
  dav: {provider: webdav, requestsPerSecond: 200, burst: 50}
  s3: {provider: s3, requestsPerSecond: 200, burst: 50}
` + quickBeats
	parsed, err := simulator.Parse("profile", []byte(profile))
	require.NoError(t, err)
	i := installation.New(t, installation.Spec{
		Profile: parsed, Config: config, Templates: []byte(large()),
		Entities: append(installation.Entities("dav", "%s/Close", 1), installation.Entities("s3", "close/%s", 1)...),
	})
	replicate(t, i, december, 0)
	i.RequireReplicated(t, december)
	for _, pool := range []string{"dav", "s3"} {
		counts := requireKind(t, i, pool)
		require.LessOrEqual(t, float64(counts.Requests), 1.3*(25+40), "requests at %s for 25 folders and 40 files: %v", pool, counts.Methods)
	}
}

// large is a template set of 25 folders and 40 workbooks.
func large() string {
	const root = "{YYYY}/{MM} {Month}"
	var out strings.Builder
	fmt.Fprintf(&out, "version: 1\nfolders:\n  - %q\n", root)
	for n := range 24 {
		fmt.Fprintf(&out, "  - \"%s/Folder %02d\"\n", root, n)
	}
	fmt.Fprintf(&out, "checklist:\n  workbook: %q\n  items:\n", root+"/Checklist.xlsx")
	out.WriteString("    - {id: C1, title: Task, frequency: monthly, preparers: [{name: Ann, due: BD3}]}\nreconciliations:\n  items:\n")
	for n := range 39 {
		fmt.Fprintf(&out, "    - {id: R%02d, account: \"%d\", name: Account, currency: USD, folder: \"%s/Folder %02d\", frequency: monthly, preparers: [{name: Ann, due: BD3}]}\n",
			n, 1000+n, root, n%24)
	}
	out.WriteString("documents: []\n")
	return out.String()
}
