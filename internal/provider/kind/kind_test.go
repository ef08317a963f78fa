package kind

import (
	"slices"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"

	"metronome/internal/failure"
)

func TestEveryProviderIsComplete(t *testing.T) {
	t.Parallel()
	for _, p := range providers {
		require.NotEmpty(t, p.Name)
		require.NotEmpty(t, p.Title, p.Name)
		require.NotEmpty(t, p.Remotes, p.Name)
		require.NotEmpty(t, p.Listing, p.Name)
		require.Equal(t, p.Start == "", p.StartWhy == "", p.Name)
		require.Equal(t, p.Name, Of(p.Name).Name)
		for _, r := range p.Refusals {
			require.NotEmpty(t, r.Class, p.Name)
			require.NotEmpty(t, slices.Concat(r.Marks, make([]string, len(r.Statuses))), "%s: a refusal that applies to everything", p.Name)
			for _, mark := range r.Marks {
				require.Equal(t, string(AppendFold(nil, mark)), mark, "marks are lower case")
			}
		}
	}
	names := Names()
	slices.Sort(names)
	require.Len(t, slices.Compact(names), len(providers), "names are unique")
	require.Empty(t, Of("unknown").Name)
}

func TestEveryRemoteTypeHasItsProvider(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{
		"azureblob", "box", "drive", "dropbox", "google cloud storage", "local", "onedrive", "s3", "sftp", "sharefile", "webdav",
	}, RemoteTypes())
	for _, remote := range RemoteTypes() {
		require.Contains(t, ByRemote(remote).Remotes, remote)
	}
	require.Empty(t, ByRemote("crypt").Name)
}

func TestReached(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name       Name
		remoteType string
		want       Name
	}{
		{"box", "box", "box"},
		{"egnyte", "webdav", "egnyte"},
		{"box", "webdav", "webdav"},
		{"onedrive", "", "onedrive"},
		{"", "s3", "s3"},
		{"box", "crypt", ""},
	} {
		require.Equal(t, test.want, Reached(test.name, test.remoteType).Name, "%s by %s", test.name, test.remoteType)
	}
}

func TestFold(t *testing.T) {
	t.Parallel()
	for _, same := range [][]string{
		{"Straße", "STRASSE", "strasse", "STRAẞE"},
		{"Müller", "MÜLLER", "Mu\u0308ller"},
		{"ΟΔΟΣ", "οδος", "οδοσ"}, // both small sigmas
		{"Bank/A.txt", "BANK/a.TXT"},
		{"ﬁnance", "FINANCE"},
		{"ᏣᎳᎩ", "ꮳꮃꭹ"},
	} {
		for _, name := range same {
			require.Equal(t, Fold(same[0]), Fold(name), name)
		}
	}
	require.NotEqual(t, Fold("Muller"), Fold("Müller"))
	require.Equal(t, "Straße", Of("drive").Fold("Straße"))
	require.Equal(t, Of("drive").Fold("M\u00fcller"), Of("drive").Fold("Mu\u0308ller"))
	require.Equal(t, "strasse", Of("box").Fold("Straße"))
}

func TestFoldedNamesStayAsTheyAre(t *testing.T) {
	t.Parallel()
	for r := range rune(utf8.MaxRune + 1) {
		if !unicode.In(r, unicode.Lu, unicode.Ll, unicode.Lt, unicode.M) {
			continue
		}
		folded := Fold(string(r))
		require.Equal(t, folded, Fold(folded), "%U", r)
		if r != 'ı' { // whose capital is I all the same; Unicode keeps it apart
			require.Equal(t, folded, Fold(string(unicode.ToUpper(r))), "%U", r)
		}
		require.True(t, norm.NFC.IsNormalString(folded), "%U", r)
	}
}

func TestTheProvidersOwnWordsComeFirst(t *testing.T) {
	t.Parallel()
	for _, p := range providers {
		words := WordsOf(p.Name)
		for i, refusal := range p.Refusals {
			require.Equal(t, refusal, words.refusals[i], p.Name)
		}
	}
	refusal, found := WordsOf("box").Find(403, "err_403_developer_over_rate")
	require.True(t, found)
	require.Equal(t, failure.Cap, refusal.Class)
	_, found = WordsOf("box").Find(400, "")
	require.False(t, found)
}
