package catalog_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/internal/catalog"
	"metronome/internal/config"
)

var known = catalog.KnownNames{
	Pools: map[string]config.Pool{
		"box": {Provider: "box"}, "drive": {Provider: "drive"}, "s3": {Provider: "s3"}, "disk": {Provider: "local"},
		"one": {Provider: "onedrive"}, "share": {Provider: "sharefile"}, "demo": {Provider: "box", RemoteType: "webdav"},
	},
	Templates: []string{"standard", "small"},
	Calendars: []string{"US", "DE"},
	Remotes: map[string]string{
		"box-acme": "box", "drive-main": "drive", "s3-main": "s3", "disk": "local", "one": "onedrive", "share": "sharefile",
		"crypt": "crypt", "dav": "webdav",
	},
}

// manyLines returns a valid catalog; every 50th name is not ASCII.
func manyLines(n int) []byte {
	var b bytes.Buffer
	for i := range n {
		name := fmt.Sprintf("Example Holdings %d, Inc.", i)
		if i%50 == 0 {
			name = fmt.Sprintf("Größe & Söhne %d GmbH", i)
		}
		fmt.Fprintf(&b, `{"id":"entity-%07d","name":%q,"pool":"drive","account":"tenant-%05d","remote":"drive-main:Close/%03d/%s"`,
			i, name, i/7, i/1000, name)
		b.WriteString(`,"templates":"standard","calendar":"US","timezone":"America/New_York","fiscalYearEnd":12,"state":"active"}` + "\n")
	}
	return bytes.ReplaceAll(b.Bytes(), []byte(`Inc."`), []byte(`Inc"`))
}

func BenchmarkParseMillion(b *testing.B) {
	data := manyLines(1_000_000)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		got, err := catalog.Parse("entities.jsonl", data, known)
		require.NoError(b, err)
		require.Len(b, got.Entities, 1_000_000)
	}
}
