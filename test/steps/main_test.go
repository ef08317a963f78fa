package steps

import (
	"os"
	"testing"
	"time"

	"metronome/test/installation"
)

// Conditions are waited for this long, and looked at this often.
const (
	wait = 30 * time.Second
	tick = 20 * time.Millisecond
)

func TestMain(m *testing.M) {
	code := m.Run()
	installation.Clean()
	os.Exit(code)
}
