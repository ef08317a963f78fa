package config

import (
	"errors"
	"io/fs"
	"os"

	"metronome/internal/failure"
)

// FileName is where the configuration is looked for when neither --config nor METRONOME_CONFIG names one.
const FileName = "metronome.yaml"

// EnvironmentVariable names the configuration where --config does not.
const EnvironmentVariable = "METRONOME_CONFIG"

// Find returns the path of the configuration: the --config flag, the value of METRONOME_CONFIG, or ./metronome.yaml.
func Find(flag, environment string) string {
	switch {
	case flag != "":
		return flag
	case environment != "":
		return environment
	default:
		return FileName
	}
}

// Load reads and parses the configuration; the paths in it become absolute. Errors are of class Config.
func Load(path string) (Config, error) {
	data, err := readFile("configuration", path, "name it with --config or "+EnvironmentVariable)
	if err != nil {
		return Config{}, err
	}
	return Parse(path, data)
}

// LoadRemotes reads the rclone configuration and returns the type of each remote. Errors are of class Config.
func LoadRemotes(path string) (map[string]string, error) {
	data, err := readFile("rclone configuration", path, "set rclone in "+FileName+" to a file that `rclone config` wrote")
	if err != nil {
		return nil, err
	}
	return ParseRemotes(path, data)
}

func readFile(what, path, hint string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if err == nil {
		return data, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		hint = ""
	}
	var cause *fs.PathError
	if errors.As(err, &cause) {
		err = cause.Err
	}
	return nil, failure.New(failure.Config, what, path, hint, "read file: %w", err)
}
