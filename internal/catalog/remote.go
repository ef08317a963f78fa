package catalog

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"metronome/internal/config"
	"metronome/internal/entity"
	"metronome/internal/failure"
	"metronome/internal/provider/kind"
	"metronome/internal/strictyaml"
)

// CheckRemote returns what is wrong with an entity's remote, in the words of Parse: it is not "remote:path", is not in the
// rclone configuration, is of a type that Metronome does not contain or that the pool's provider is not reached by, or has a
// path that the provider does not take. The problems name neither file nor line. Remotes are rclone's type of each remote by
// name; nil where they are not known, and then the types are not judged.
func CheckRemote(e entity.Entity, pool config.Pool, remotes map[string]string) []failure.Problem {
	found := remoteFlaw(&e, pool, remotes, remoteNames(remotes))
	if found.message == "" {
		return nil
	}
	return []failure.Problem{{Key: fieldNames[fieldRemote], Value: e.Remote, Message: found.message, Hint: found.hint}}
}

// remoteFlaw judges "remote:path" by the entity's pool. The zero Pool, of an entity whose pool is unknown, lets every type
// pass.
func remoteFlaw(e *entity.Entity, pool config.Pool, remotes map[string]string, judgeName func(string) flaw) flaw {
	name, path, found := strings.Cut(e.Remote, ":")
	if !found || name == "" || strings.ContainsAny(name, "/\\,") {
		return flaw{"expected a remote of the rclone configuration and a path", "box-acme:Close/Acme"}
	}
	if found := judgeName(name); found.message != "" {
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

// remoteNames judges the part of a remote before the colon.
func remoteNames(remotes map[string]string) func(string) flaw {
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

// typeFlaw judges the type of a remote by the pool.
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
		return flaw{"names no bucket", "remote:bucket/path"}
	case path == "":
		return flaw{}
	case path[0] == '/' && !provider.Absolute:
		return flaw{"the path is absolute", "leave the / after the colon out"}
	}
	return pathFlaw(strings.TrimPrefix(path, "/"), provider.Paths)
}
