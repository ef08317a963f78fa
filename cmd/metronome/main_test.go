package main

import (
	"errors"
	"flag"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "write what the commands print into the scripts")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"metronome": main})
}

// TestScripts runs testdata/script/*.txtar, each in a folder of its own that holds testdata/installation and the script's
// files on top.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", UpdateScripts: *update, RequireExplicitExec: true,
		Setup: copyInstallation,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": wantExitCode,
			"mask":  mask,
		},
	})
}

// copyInstallation puts the files of testdata/installation where the script has none of its own.
func copyInstallation(env *testscript.Env) error {
	err := os.CopyFS(env.WorkDir, os.DirFS("testdata/installation"))
	if errors.Is(err, os.ErrExist) {
		return errors.New("a file of the script has the name of one in testdata/installation: use `cp` instead")
	}
	return err
}

// wantExitCode runs a command that must end with the exit code given: `exits 78 metronome plan`.
func wantExitCode(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: exits code command [argument...]")
	}
	expected, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var exited *exec.ExitError
	switch err := ts.Exec(args[1], args[2:]...); {
	case errors.As(err, &exited):
		got = exited.ExitCode()
	default:
		ts.Check(err)
	}
	if got != expected {
		ts.Fatalf("exit code %d, expected %d", got, expected)
	}
}

// masks hide what differs from one run to the next, and how wide it is.
var masks = []struct {
	pattern     *regexp.Regexp
	replacement string
}{
	{regexp.MustCompile(`\d{4}-\d\d-\d{8}T\d{6}Z-[0-9a-f]{4}`), "RUN"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z| UTC)`), "TIME"},
	{regexp.MustCompile(`("(?:seconds|limitSeconds|utilization)": )[0-9.e+-]+`), "${1}NUMBER"},
	{regexp.MustCompile(`\d+\.\d( |$)`), "NUMBER$1"},
	{regexp.MustCompile(`\d+ %`), "SHARE"},
	{regexp.MustCompile(`(\S)  +`), "$1  "},
}

// mask writes a file with what differs from one run to the next hidden: `mask stdout masked`.
func mask(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: mask from to")
	}
	text := strings.ReplaceAll(ts.ReadFile(args[0]), ts.Getenv("WORK"), "WORK")
	for _, m := range masks {
		text = m.pattern.ReplaceAllString(text, m.replacement)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(text), 0o600))
}
