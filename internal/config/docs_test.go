package config_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"

	"metronome/internal/config"
	"metronome/test/generated"
)

// update writes what is generated: make generate.
var update = flag.Bool("update", false, "write the JSON schema and the tables of docs/configuration.md")

const page = "../../docs/configuration.md"

func TestTheDocumentedConfigurationIsGood(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(text), "```yaml\n")
	require.True(t, found)
	example, _, _ := strings.Cut(rest, "```")
	got, err := config.Parse("metronome.yaml", []byte(example))
	require.NoError(t, err)
	require.Len(t, got.Pools, 2)
}

func TestGeneratedTables(t *testing.T) { //nolint:paralleltest // it writes with -update
	document, pool, calendar := config.Tables()
	generated.Sections(t, *update, page, map[string]string{
		"keys": generated.Keys(document), "pool keys": generated.Keys(pool), "calendar keys": generated.Keys(calendar),
	})
}

func TestGeneratedSchema(t *testing.T) { //nolint:paralleltest // it writes with -update
	generated.File(t, *update, "schema.json", string(config.Schema()))
}

// The values of the chart repeat parts of metronome.yaml, so their schema repeats parts of its schema.
func TestGeneratedSchemaOfTheChart(t *testing.T) { //nolint:paralleltest // it writes with -update
	const path = "../../charts/metronome/values.schema.json"
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	var schema struct {
		Properties map[string]json.RawMessage `json:"properties"`
	}
	require.NoError(t, json.Unmarshal(config.Schema(), &schema))
	for _, key := range []string{"pools", "calendars", "batch", "beat"} {
		text = replaceJSON(t, text, jsontext.Pointer("/properties/"+key), schema.Properties[key])
	}
	text = replaceJSON(t, text, "/properties/ledger/properties/url", schema.Properties["ledger"])
	var indented bytes.Buffer
	require.NoError(t, json.Indent(&indented, text, "", "  "))
	generated.File(t, *update, path, strings.TrimSpace(indented.String())+"\n")
}

// replaceJSON replaces one value of a document.
func replaceJSON(t *testing.T, document []byte, at jsontext.Pointer, value []byte) []byte {
	t.Helper()
	decoder := jsontext.NewDecoder(bytes.NewReader(document))
	for {
		_, err := decoder.ReadToken()
		require.NoError(t, err, "no value at %s", at)
		if decoder.StackPointer() != at {
			continue
		}
		read, err := decoder.ReadValue()
		require.NoError(t, err)
		end := decoder.InputOffset()
		begin := end - int64(len(read))
		return append(append(bytes.Clone(document[:begin]), value...), document[end:]...)
	}
}
