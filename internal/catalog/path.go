package catalog

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bmatcuk/doublestar/v4"

	"metronome/internal/config"
	"metronome/internal/entity"
	"metronome/internal/failure"
	"metronome/internal/provider/kind"
	"metronome/internal/strictyaml"
)

// nameFlaw checks a name that people read: of an entity, an account, a checklist item.
func nameFlaw(name string) flaw {
	switch {
	case name == "":
		return flaw{message: "empty"}
	case len(name) > kind.MaxNameBytes:
		return flaw{fmt.Sprintf("%d bytes long, expected at most %d", len(name), kind.MaxNameBytes), ""}
	case strings.TrimSpace(name) != name:
		return flaw{message: "begins or ends with a space"}
	case strings.ContainsFunc(name, unicode.IsControl):
		return flaw{message: "contains a control character"}
	}
	return flaw{}
}

// pathFlaw checks a relative path of folders and perhaps a file.
func pathFlaw(path string, forbidden kind.PathRules) flaw {
	if n := utf8.RuneCountInString(path); n > kind.MaxPathCharacters {
		return flaw{fmt.Sprintf("the path is %d characters long, expected at most %d", n, kind.MaxPathCharacters), ""}
	}
	for element := range strings.SplitSeq(path, "/") {
		if found := elementFlaw(element, forbidden); found.message != "" {
			return found
		}
	}
	return flaw{}
}

func elementFlaw(element string, forbidden kind.PathRules) flaw {
	switch {
	case element == "":
		return flaw{"the path has an empty name", "no / at the beginning or end, and no //"}
	case element == "." || element == "..":
		return flaw{fmt.Sprintf("the path contains %q", element), "name the folder itself"}
	case len(element) > kind.MaxNameBytes:
		return flaw{fmt.Sprintf("a name of the path is %d bytes long, expected at most %d", len(element), kind.MaxNameBytes), ""}
	case strings.ContainsFunc(element, unicode.IsControl):
		return flaw{message: "the path contains a control character"}
	case strings.Contains(element, `\`):
		return flaw{`the path contains \`, "separate folders by /"}
	case strings.TrimSpace(element) != element:
		return flaw{fmt.Sprintf("%q begins or ends with a space", element), "storage providers drop or refuse it"}
	}
	return forbiddenFlaw(element, forbidden)
}

func forbiddenFlaw(element string, by kind.PathRules) flaw {
	switch {
	case by.TrailingDot && strings.HasSuffix(element, "."):
		return flaw{fmt.Sprintf("%q ends with a dot", element), "the storage provider refuses it"}
	case by.LeadingDot && strings.HasPrefix(element, "."):
		return flaw{fmt.Sprintf("%q begins with a dot", element), "the storage provider refuses it"}
	case strings.ContainsAny(element, by.Characters):
		return flaw{fmt.Sprintf("%q contains a character that storage providers forbid", element), `none of \ : * ? " < > |`}
	}
	return flaw{}
}

// readPattern reads the glob of a document rule. It is matched name by name; ** stands for any number of folders.
func readPattern(v strictyaml.Value) string {
	pattern, ok := v.Text()
	if !ok {
		return ""
	}
	found := pathFlaw(pattern, kind.PathRules{})
	if strings.HasPrefix(pattern, "/") {
		found = flaw{"the pattern is absolute", "patterns are relative to the period's root folder"}
	}
	if found.message == "" {
		found = globFlaw(pattern)
	}
	if found.message != "" {
		v.Report(found.hint, "%s", found.message)
	}
	return pattern
}

func globFlaw(pattern string) flaw {
	if !doublestar.ValidatePattern(pattern) {
		return flaw{"not a pattern: a [ without its ] or a { without its }", "* ? [a-z] {a,b} within a name, ** across folders"}
	}
	for element := range strings.SplitSeq(pattern, "/") {
		if strings.Contains(element, "**") && element != "**" {
			return flaw{"** stands for whole folders", "Bank/**/*.pdf"}
		}
	}
	return flaw{}
}

// CheckRemote returns what is wrong with an entity's remote, in the texts of Parse: it is not "remote:path", is not in the
// rclone configuration, is of a type that Metronome does not contain or that the pool's provider is not reached by, or has a
// path that the provider does not take. The problems name neither file nor line. Remotes are rclone's type of each remote by
// name; nil where they are not known, and then the types are not checked.
func CheckRemote(e entity.Entity, pool config.Pool, remotes map[string]string) []failure.Problem {
	found := remoteFlaw(&e, pool, remotes, remoteNameCheck(remotes))
	if found.message == "" {
		return nil
	}
	return []failure.Problem{{Key: lineKeys[fieldRemote].name, Value: e.Remote, Message: found.message, Hint: found.hint}}
}

// remoteFlaw checks "remote:path" by the entity's pool. The zero Pool, of an entity whose pool is unknown, lets every type
// pass.
func remoteFlaw(e *entity.Entity, pool config.Pool, remotes map[string]string, checkName func(string) flaw) flaw {
	name, path, found := strings.Cut(e.Remote, ":")
	if !found || name == "" || strings.ContainsAny(name, "/\\,") {
		return flaw{"expected a remote of the rclone configuration and a path", "box-acme:Close/Acme"}
	}
	if found := checkName(name); found.message != "" {
		return found
	}
	remoteType := remotes[name]
	if remoteType == "" {
		remoteType = pool.RemoteType
	} else if found := typeFlaw(name, remoteType, e.Pool, pool); found.message != "" {
		return found
	}
	return remotePathFlaw(path, kind.Reached(pool.Provider, remoteType))
}

// remoteNameCheck checks the part of a remote before the colon.
func remoteNameCheck(remotes map[string]string) func(string) flaw {
	names, types := slices.Sorted(maps.Keys(remotes)), kind.RemoteTypes()
	return func(name string) flaw {
		remoteType, known := remotes[name]
		switch {
		case remotes == nil:
			return flaw{}
		case !known:
			return flaw{fmt.Sprintf("no remote %q in the rclone configuration", name), strictyaml.DidYouMean(name, names)}
		case !slices.Contains(types, remoteType):
			return flaw{fmt.Sprintf("remote %q is of type %q, which Metronome does not contain", name, remoteType),
				strictyaml.DidYouMean(remoteType, types)}
		}
		return flaw{}
	}
}

// typeFlaw checks the type of a remote by the pool.
func typeFlaw(name, remoteType, poolName string, pool config.Pool) flaw {
	types := pool.RemoteTypes()
	if len(types) == 0 || slices.Contains(types, remoteType) {
		return flaw{}
	}
	if pool.RemoteType != "" {
		return flaw{fmt.Sprintf("remote %q is of type %q, but pool %q says remoteType: %s", name, remoteType, poolName, pool.RemoteType),
			"name a remote of the pool's type, or correct the pool"}
	}
	return flaw{fmt.Sprintf("remote %q is of type %q, by which provider %s of pool %q is not reached",
		name, remoteType, pool.Provider, poolName),
		fmt.Sprintf("name a remote of type %s, or say remoteType: %s in the pool", strings.Join(types, " or "), remoteType)}
}

func remotePathFlaw(path string, provider kind.Provider) flaw {
	switch {
	case path == "" && provider.Buckets:
		return flaw{"expected a bucket", "remote:bucket/path"}
	case path == "":
		return flaw{}
	case path[0] == '/' && !provider.Absolute:
		return flaw{"the path is absolute", "remove the / after the colon"}
	}
	return pathFlaw(strings.TrimPrefix(path, "/"), provider.Paths)
}
