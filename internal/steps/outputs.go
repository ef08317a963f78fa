package steps

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"metronome/internal/escape"
)

// Outputs is the folder of a step's output parameters, a file each.
type Outputs struct{ dir string }

// Register declares the --outputs flag.
func (o *Outputs) Register(flags *flag.FlagSet) {
	flags.StringVar(&o.dir, "outputs", "/tmp/outputs", "folder to write the output parameters to, a file each")
}

// Set writes an output parameter: texts and numbers as they are, everything else as JSON.
func (o *Outputs) Set(name string, value any) error {
	text, err := parameter(value)
	if err != nil {
		return fmt.Errorf("encode output %s: %w", name, err)
	}
	if err := os.MkdirAll(o.dir, 0o755); err != nil { //nolint:gosec // Argo's executor reads it, as another user
		return fmt.Errorf("make folder of outputs: %w", err)
	}
	if err := os.WriteFile(filepath.Join(o.dir, name), text, 0o644); err != nil { //nolint:gosec // Argo's executor reads it, as another user
		return fmt.Errorf("write output %s: %w", name, err)
	}
	return nil
}

func parameter(value any) ([]byte, error) {
	if text, ok := value.(string); ok {
		return []byte(escape.Text(text)), nil
	}
	return json.Marshal(value)
}
