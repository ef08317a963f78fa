package machine

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"metronome/test/cluster/internal/layout"
)

// Connect lays a veth between the machine and the network namespace of the process.
func Connect(l layout.Layout, p Process) error {
	for _, args := range [][]string{
		{"link", "add", l.Veth, "type", "veth", "peer", "name", "eth0", "netns", strconv.Itoa(p.PID)},
		{"addr", "add", l.Host.String() + "/30", "dev", l.Veth},
		{"link", "set", l.Veth, "up"},
	} {
		if err := ip(args...); err != nil {
			return err
		}
	}
	return nil
}

// Disconnect removes the veth if it is still there. It goes by itself, but later, when its namespace has ended.
func Disconnect(l layout.Layout) error {
	device := filepath.Join("/sys/class/net", l.Veth)
	for end := time.Now().Add(5 * time.Second); ; {
		if _, err := os.Stat(device); err != nil {
			return nil
		}
		err := ip("link", "del", l.Veth)
		if err != nil {
			time.Sleep(50 * time.Millisecond)
		}
		if err != nil && time.Now().After(end) {
			return err
		}
	}
}

func ip(args ...string) error {
	if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("run ip %v: %w: %s", args, err, out)
	}
	return nil
}
