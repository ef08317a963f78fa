package escape_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"metronome/internal/escape"
)

func TestText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                        "",
		"Müller & Söhne 会社 🎉":     "Müller & Söhne 会社 🎉",
		"two\nlines\tand a tab":   "two\nlines\tand a tab",
		"\x1b[31mred\x1b[0m":      `\u001b[31mred\u001b[0m`,
		"over\rwritten":           `over\u000dwritten`,
		"bell\a, delete\x7f":      `bell\u0007, delete\u007f`,
		"one byte CSI \u009b31m":  `one byte CSI \u009b31m`,
		"invoice\u202efdp.exe":    `invoice\u202efdp.exe`,
		"\u2066isolated\u2069":    `\u2066isolated\u2069`,
		"mark\u200e \u200f\u061c": `mark\u200e \u200f\u061c`,
		"line\u2028 paragraph":    `line\u2028 paragraph`,
		"not UTF-8: \xff.":        `not UTF-8: \ufffd.`,
		"a replacement: \uFFFD.":  "a replacement: \uFFFD.",
	} {
		require.Equal(t, want, escape.Text(text))
	}
}

func TestWriterKeepsJSON(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	value := map[string]string{"name": "a\u202eb\x1b\n"}
	encoder := json.NewEncoder(escape.Writer(&out))
	encoder.SetEscapeHTML(false)
	require.NoError(t, encoder.Encode(value))
	require.NotContains(t, out.String(), "\u202e")
	var read map[string]string
	require.NoError(t, json.Unmarshal([]byte(out.String()), &read))
	require.Equal(t, value, read)
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("pipe closed") }

func TestWriterPassesErrorsOn(t *testing.T) {
	t.Parallel()
	_, err := escape.Writer(failing{}).Write([]byte("x"))
	require.Error(t, err)
}

func FuzzText(f *testing.F) {
	for _, seed := range []string{"", "\x1b[2J", "\u202e", "\xff\xfe", "ok\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		safe := escape.Text(text)
		require.Equal(t, safe, escape.Text(safe), "escaping twice changes nothing")
		for _, r := range safe {
			require.False(t, unicode.IsControl(r) && r != '\n' && r != '\t')
			require.False(t, unicode.Is(unicode.Bidi_Control, r))
		}
	})
}
