package catalog_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"metronome/internal/catalog"
	"metronome/internal/entity"
)

func TestParseReportsConflicts(t *testing.T) {
	t.Parallel()
	const apart = "(every entity has a folder of its own)"
	const beside = "(no entity's folder is inside another's)"
	for name, test := range map[string]struct {
		entities []entity.Entity
		want     []string
	}{
		"same id": {
			[]entity.Entity{at("a", "box-acme:1"), at("b", "box-acme:2"), at("a", "box-acme:3")},
			[]string{`3: id "a": duplicate id, also on line 1 (every entity has an id of its own)`},
		},
		"same folder": {
			[]entity.Entity{at("a", "box-acme:x"), at("b", "box-acme:x")},
			[]string{`2: remote "box-acme:x": same folder as entity a on line 1 ` + apart},
		},
		"same root": {
			[]entity.Entity{at("a", "box-acme:"), at("b", "box-acme:")},
			[]string{`2: remote "box-acme:": same folder as entity a on line 1 ` + apart},
		},
		"same but for case": {
			[]entity.Entity{at("a", "box-acme:Straße/ÉT"), at("b", "box-acme:straße/ét")},
			[]string{`2: remote "box-acme:straße/ét": same folder as entity a on line 1 ` + apart},
		},
		"same but for case that changes the length": {
			[]entity.Entity{at("a", "box-acme:Straße"), at("b", "box-acme:STRASSE")},
			[]string{`2: remote "box-acme:STRASSE": same folder as entity a on line 1 ` + apart},
		},
		"same but for Unicode form": {
			[]entity.Entity{at("a", "box-acme:Café"), at("b", "box-acme:CAFE\u0301")},
			[]string{`2: remote "box-acme:CAFE` + "\u0301" + `": same folder as entity a on line 1 ` + apart},
		},
		"inside": {
			[]entity.Entity{at("a", "box-acme:Close/A:B/c"), at("b", "box-acme:close"), at("c", "box-acme:Closer")},
			[]string{`1: remote "box-acme:Close/A:B/c": inside the folder of entity b on line 2 ` + beside},
		},
		"inside the root": {
			[]entity.Entity{at("a", "box-acme:"), at("b", "box-acme:x/y")},
			[]string{`2: remote "box-acme:x/y": inside the folder of entity a on line 1 ` + beside},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := catalog.Parse("entities.jsonl", catalog.Encode(test.entities), known)
			require.Equal(t, test.want, problemsOf(t, err))
		})
	}
}

func TestParseSeesNoConflictWhereThereIsNone(t *testing.T) {
	t.Parallel()
	_, err := catalog.Parse("entities.jsonl", catalog.Encode([]entity.Entity{
		at("a", "box-acme:Close/A"), at("b", "box-acme:Close/A B"), at("c", "box-acme:Close/AB"), at("d", "box-acme:Clos"),
		at("e", "one:Close/A"), at("f", "box-acme:x:y"), at("g", "box-acme:x"),
	}), known)
	require.NoError(t, err)
}

// Lines keep their numbers and order across chunks, with blank and broken lines between.
func TestParseOfManyChunks(t *testing.T) {
	t.Parallel()
	const n = 30_000
	lines := bytes.SplitAfter(manyLines(n), []byte("\n"))
	random := rand.New(rand.NewPCG(1, 2))
	var data bytes.Buffer
	var want []string
	number := 0
	for i, line := range lines[:n] {
		switch random.IntN(40) {
		case 0:
			data.WriteString(strings.Repeat("\n", 3))
			number += 3
		case 1:
			data.WriteString("{\n")
			number++
			want = append(want, fmt.Sprintf("%d: not valid JSON at column 2: unexpected EOF (one JSON object per line)", number))
		case 2:
			line = bytes.Replace(line, []byte(`"active"`), []byte(`"activ"`), 1)
			want = append(want, fmt.Sprintf(`%d: state "activ": unknown state (did you mean "active"?)`, number+1))
		}
		data.Write(line)
		number++
		require.NotEmpty(t, lines[i])
	}
	_, err := catalog.Parse("entities.jsonl", data.Bytes(), known)
	require.Equal(t, want, problemsOf(t, err))

	got, err := catalog.Parse("entities.jsonl", bytes.ReplaceAll(manyLines(n), []byte("\n"), []byte("\n\n")), known)
	require.NoError(t, err)
	require.Equal(t, manyLines(n), catalog.Encode(got.Entities))
}
