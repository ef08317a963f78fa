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

// checkName checks a name that people read: of an entity, an account, a checklist item.
func checkName(name string) problem {
	switch {
	case name == "":
		return problem{message: "empty"}
	case len(name) > kind.MaxNameBytes:
		return problem{fmt.Sprintf("%d bytes long, expected at most %d", len(name), kind.MaxNameBytes), ""}
	case strings.TrimSpace(name) != name:
		return problem{message: "begins or ends with a space"}
	case strings.ContainsFunc(name, unicode.IsControl):
		return problem{message: "contains a control character"}
	}
	return problem{}
}

// checkPath checks a relative path of folders and perhaps a file.
func checkPath(path string, forbidden kind.PathRules) problem {
	if n := utf8.RuneCountInString(path); n > kind.MaxPathCharacters {
		return problem{fmt.Sprintf("the path is %d characters long, expected at most %d", n, kind.MaxPathCharacters), ""}
	}
	for element := range strings.SplitSeq(path, "/") {
		if found := checkPathElement(element, forbidden); found.message != "" {
			return found
		}
	}
	return problem{}
}

func checkPathElement(element string, forbidden kind.PathRules) problem {
	switch {
	case element == "":
		return problem{"the path has an empty name", "no / at the beginning or end, and no //"}
	case element == "." || element == "..":
		return problem{fmt.Sprintf("the path contains %q", element), "name the folder itself"}
	case len(element) > kind.MaxNameBytes:
		return problem{fmt.Sprintf("a name of the path is %d bytes long, expected at most %d", len(element), kind.MaxNameBytes), ""}
	case strings.ContainsFunc(element, unicode.IsControl):
		return problem{message: "the path contains a control character"}
	case strings.Contains(element, `\`):
		return problem{`the path contains \`, "separate folders by /"}
	case strings.TrimSpace(element) != element:
		return problem{fmt.Sprintf("%q begins or ends with a space", element), "storage providers drop or refuse it"}
	}
	return checkForbidden(element, forbidden)
}

func checkForbidden(element string, by kind.PathRules) problem {
	switch {
	case by.TrailingDot && strings.HasSuffix(element, "."):
		return problem{fmt.Sprintf("%q ends with a dot", element), "the storage provider refuses it"}
	case by.LeadingDot && strings.HasPrefix(element, "."):
		return problem{fmt.Sprintf("%q begins with a dot", element), "the storage provider refuses it"}
	case strings.ContainsAny(element, by.Characters):
		return problem{fmt.Sprintf("%q contains a character that storage providers forbid", element), `none of \ : * ? " < > |`}
	}
	return problem{}
}

// readPattern reads the glob of a document rule. It is matched name by name; ** stands for any number of folders.
func readPattern(v strictyaml.Value) string {
	pattern, ok := v.Text()
	if !ok {
		return ""
	}
	found := checkPath(pattern, kind.PathRules{})
	if strings.HasPrefix(pattern, "/") {
		found = problem{"the pattern is absolute", "patterns are relative to the period's root folder"}
	}
	if found.message == "" {
		found = checkGlob(pattern)
	}
	if found.message != "" {
		v.Report(found.hint, "%s", found.message)
	}
	return pattern
}

func checkGlob(pattern string) problem {
	if !doublestar.ValidatePattern(pattern) {
		return problem{"not a pattern: a [ without its ] or a { without its }", "* ? [a-z] {a,b} within a name, ** across folders"}
	}
	for element := range strings.SplitSeq(pattern, "/") {
		if strings.Contains(element, "**") && element != "**" {
			return problem{"** stands for whole folders", "Bank/**/*.pdf"}
		}
	}
	return problem{}
}

// CheckRemote returns what is wrong with an entity's remote, in the texts of Parse: it is not "remote:path", is not in the
// rclone configuration, is of a type that Metronome does not contain or that the pool's provider is not reached by, or has a
// path that the provider does not take. The problems name neither file nor line. Remotes are rclone's type of each remote by
// name; nil where they are not known, and then the types are not checked.
func CheckRemote(e entity.Entity, pool config.Pool, remotes map[string]string) []failure.Problem {
	found := checkRemoteAndPath(&e, pool, remotes, remoteNameChecker(remotes))
	if found.message == "" {
		return nil
	}
	return []failure.Problem{{Key: lineKeys[fieldRemote].name, Value: e.Remote, Message: found.message, Hint: found.hint}}
}

// checkRemoteAndPath checks "remote:path" by the entity's pool. The zero Pool, of an entity whose pool is unknown, lets every type
// pass.
func checkRemoteAndPath(e *entity.Entity, pool config.Pool, remotes map[string]string, checkRemoteName func(string) problem) problem {
	name, path, found := strings.Cut(e.Remote, ":")
	if !found || name == "" || strings.ContainsAny(name, "/\\,") {
		return problem{"expected a remote of the rclone configuration and a path", "box-acme:Close/Acme"}
	}
	if found := checkRemoteName(name); found.message != "" {
		return found
	}
	remoteType := remotes[name]
	if remoteType == "" {
		remoteType = pool.RemoteType
	} else if found := checkRemoteType(name, remoteType, e.Pool, pool); found.message != "" {
		return found
	}
	return checkRemotePath(path, kind.Reached(pool.Provider, remoteType))
}

// remoteNameChecker checks the part of a remote before the colon.
func remoteNameChecker(remotes map[string]string) func(string) problem {
	names, types := slices.Sorted(maps.Keys(remotes)), kind.RemoteTypes()
	return func(name string) problem {
		remoteType, known := remotes[name]
		switch {
		case remotes == nil:
			return problem{}
		case !known:
			return problem{fmt.Sprintf("no remote %q in the rclone configuration", name), strictyaml.DidYouMean(name, names)}
		case !slices.Contains(types, remoteType):
			return problem{fmt.Sprintf("remote %q is of type %q, which Metronome does not contain", name, remoteType),
				strictyaml.DidYouMean(remoteType, types)}
		}
		return problem{}
	}
}

// checkRemoteType checks the type of a remote by the pool.
func checkRemoteType(name, remoteType, poolName string, pool config.Pool) problem {
	types := pool.RemoteTypes()
	if len(types) == 0 || slices.Contains(types, remoteType) {
		return problem{}
	}
	if pool.RemoteType != "" {
		return problem{fmt.Sprintf("remote %q is of type %q, but pool %q says remoteType: %s", name, remoteType, poolName, pool.RemoteType),
			"name a remote of the pool's type, or correct the pool"}
	}
	return problem{fmt.Sprintf("remote %q is of type %q, by which provider %s of pool %q is not reached",
		name, remoteType, pool.Provider, poolName),
		fmt.Sprintf("name a remote of type %s, or say remoteType: %s in the pool", strings.Join(types, " or "), remoteType)}
}

func checkRemotePath(path string, provider kind.Provider) problem {
	switch {
	case path == "" && provider.Buckets:
		return problem{"expected a bucket", "remote:bucket/path"}
	case path == "":
		return problem{}
	case path[0] == '/' && !provider.Absolute:
		return problem{"the path is absolute", "remove the / after the colon"}
	}
	return checkPath(strings.TrimPrefix(path, "/"), provider.Paths)
}
