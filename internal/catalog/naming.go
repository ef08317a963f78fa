package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// transliterations are letters that do not decompose into a Latin letter and a mark.
var transliterations = strings.NewReplacer("ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "đ", "d", "ð", "d", "þ", "th", "ł", "l", "ı", "i", "&", " and ")

// maxSlug leaves room in an entity's id for a number that makes it unique.
const maxSlug = 90

// slug turns text into an entity's id: "Größe & Söhne" becomes "grosse-and-sohne". A text without any Latin letter or digit
// becomes a hash of itself, so that the id does not depend on the place in the list.
func slug(text string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(transliterations.Replace(strings.ToLower(text))) {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9', r == '.':
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r), r == '\'', r == '’':
		default:
			b.WriteByte(' ')
		}
	}
	made := strings.Trim(strings.Join(strings.Fields(b.String()), "-"), ".-")
	if made == "" {
		sum := sha256.Sum256([]byte(text))
		return "entity-" + hex.EncodeToString(sum[:6])
	}
	return strings.TrimRight(made[:min(len(made), maxSlug)], ".-")
}

// uniqueNames hands out texts that differ; the number of a text is the last one tried.
type uniqueNames map[string]int

// unique returns a text that was not handed out yet: it appends a number where it must.
func (n uniqueNames) unique(text string) string {
	made := text
	for _, taken := n[made]; taken; _, taken = n[made] {
		n[text]++
		made = fmt.Sprintf("%s-%d", text, n[text])
	}
	n[made] = 1
	return made
}

// safeName turns text into a name that every provider takes: what some of them forbid becomes '-', spaces collapse, and
// spaces and dots at the ends go. It may be empty.
func safeName(text string) string {
	mapped := strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`/\:*?"<>|{}`, r):
			return '-'
		case unicode.IsControl(r), r == utf8.RuneError:
			return ' '
		}
		return r
	}, text)
	return trimName(strings.Join(strings.Fields(mapped), " "))
}

func trimName(name string) string { return strings.TrimRight(strings.TrimLeft(name, " "), " .") }

// truncate shortens a name to at most so many bytes, between characters.
func truncate(name string, most int) string {
	if len(name) <= most {
		return name
	}
	for most > 0 && !utf8.RuneStart(name[most]) {
		most--
	}
	return trimName(name[:most])
}
