package kind

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// The longest names and paths that all providers take: 255 bytes per name on most file systems, and in Drive's and Box's
// practice; 400 characters per path on OneDrive.
const (
	MaxNameBytes      = 255
	MaxPathCharacters = 400
)

// PathRules are what a provider forbids in names beyond what is forbidden everywhere. What it can encode otherwise (rclone
// replaces ":" by a look-alike, say) is not among them.
type PathRules struct {
	TrailingDot bool   // a name may not end with a dot
	LeadingDot  bool   // a name may not begin with one
	Characters  string // a name may hold none of these
}

// Portable are the rules for names that must be good at every provider, such as those of a template set.
var Portable = PathRules{TrailingDot: true, Characters: `\:*?"<>|`}

// Fold returns the form in which two names or paths are equal where a provider ignores case: composed (NFC), and with
// Unicode's full case folding, so that "Straße", "STRASSE" and "strasse" are one. It is the only such rule.
func Fold(name string) string { return string(AppendFold(nil, name)) }

// AppendFold appends Fold(name) to dst.
func AppendFold(dst []byte, name string) []byte {
	if !isASCII(name) {
		folded := strings.Map(foldCherokee, cases.Fold().String(norm.NFC.String(name)))
		return norm.NFC.AppendString(dst, folded)
	}
	for i := range len(name) {
		c := name[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst
}

// foldCherokee folds the one script whose capitals are the folded form, which cases.Fold exchanges instead.
func foldCherokee(r rune) rune {
	if unicode.Is(unicode.Cherokee, r) {
		return unicode.ToUpper(r)
	}
	return r
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Compose returns the form in which two names or paths are equal at every provider: none keeps composed and decomposed
// characters apart reliably.
func Compose(name string) string { return norm.NFC.String(name) }

// Fold returns the form in which two names or paths are equal at this provider.
func (p Provider) Fold(name string) string {
	if p.IgnoresCase {
		return Fold(name)
	}
	return Compose(name)
}
