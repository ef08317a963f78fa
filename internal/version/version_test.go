package version

import (
	"runtime"
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDescribe(t *testing.T) {
	t.Parallel()
	platform := runtime.GOOS + "/" + runtime.GOARCH
	stamped := []debug.BuildSetting{
		{Key: "-trimpath", Value: "true"},
		{Key: "vcs.revision", Value: "0123456789abcdef0123456789abcdef01234567"},
		{Key: "vcs.time", Value: "2026-12-01T10:00:00Z"},
		{Key: "vcs.modified", Value: "true"},
	}
	for _, one := range []struct {
		name string
		info debug.BuildInfo
		set  string
		want Build
		text string
	}{
		{
			name: "nothing is recorded",
			want: Build{Version: "devel", Go: runtime.Version(), Platform: platform},
			text: "devel (" + runtime.Version() + ", " + platform + ")",
		},
		{
			name: "a build without version control",
			info: debug.BuildInfo{GoVersion: "go1.26.0", Main: debug.Module{Version: "(devel)"}},
			want: Build{Version: "devel", Go: "go1.26.0", Platform: platform},
			text: "devel (go1.26.0, " + platform + ")",
		},
		{
			name: "a module's version",
			info: debug.BuildInfo{GoVersion: "go1.26.0", Main: debug.Module{Version: "v1.2.3"}},
			want: Build{Version: "v1.2.3", Go: "go1.26.0", Platform: platform},
			text: "v1.2.3 (go1.26.0, " + platform + ")",
		},
		{
			name: "a build in a checkout, its version set by the linker",
			info: debug.BuildInfo{GoVersion: "go1.26.0", Main: debug.Module{Version: "v0.0.0-20261201100000-0123456789ab+dirty"}, Settings: stamped},
			set:  "1.2.3",
			want: Build{
				Version: "1.2.3", Revision: "0123456789abcdef0123456789abcdef01234567", Time: "2026-12-01T10:00:00Z",
				Modified: true, Go: "go1.26.0", Platform: platform,
			},
			text: "1.2.3 (commit 0123456789ab with changes, go1.26.0, " + platform + ")",
		},
	} {
		t.Run(one.name, func(t *testing.T) {
			t.Parallel()
			got := describe(&one.info, one.set)
			require.Equal(t, one.want, got)
			require.Equal(t, one.text, got.String())
		})
	}
}

func TestCurrentIsComplete(t *testing.T) {
	t.Parallel()
	require.Regexp(t, `^.+ \(.*go1\..*, .+/.+\)$`, Current().String())
}
