package runs

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/internal/entity"
	"metronome/internal/period"
	"metronome/test/installation"
	"metronome/test/simulator"
)

// oddNames are names that customers have and that URLs, shells, file systems or encodings might take for something else.
var oddNames = []string{
	"100% sure #1?", "%2e%2e", "%00", `it's "quoted"`, "a;b&c=d+e", "[brackets]{x}", "~tilde", "-dash", "CON", "trailing.",
	"日本語 株式会社", "a\u0301cc decomposed", "emoji 🎵", "Größe & Söhne", strings.Repeat("x", 200),
}

func TestOddNamesArrive(t *testing.T) {
	t.Parallel()
	const profile = `providers:
  - {name: dav, kind: webdav}
  - {name: s3, kind: s3, accounts: {segment: 2}, s3: {buckets: [close]}}
`
	const config = `pools:
  dav: {provider: webdav, requestsPerSecond: 200, burst: 50, maxWorkers: 2}
  s3: {provider: s3, requestsPerSecond: 200, burst: 50, maxWorkers: 2}
` + quickBeats
	parsed, err := simulator.Parse("profile", []byte(profile))
	require.NoError(t, err)
	var entities []entity.Entity
	for pool, place := range map[string]string{"dav": "Close/", "s3": "close/"} {
		list := installation.Entities(pool, "%s", len(oddNames))
		for n := range list {
			list[n].Name, list[n].Remote = oddNames[n], pool+":"+place+oddNames[n]
		}
		entities = append(entities, list...)
	}
	i := installation.New(t, installation.Spec{Profile: parsed, Config: config, Templates: []byte(installation.SmallSet), Entities: entities})
	replicate(t, i, december, 0)
	i.RequireReplicated(t, december)
	requireKind(t, i, "dav")
	replicate(t, i, period.New(2027, 1), 0)
	i.RequireReplicated(t, period.New(2027, 1))
}
