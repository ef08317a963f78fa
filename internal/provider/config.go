package provider

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"github.com/rclone/rclone/fs/config"
	"github.com/unknwon/goconfig" //nolint:misspell // its author's name

	"metronome/internal/failure"
)

const keyConfig = "rclone configuration"

// parseConfig reads an rclone configuration, by section and key. Errors name lines, never values.
func parseConfig(text []byte) (map[string]map[string]string, error) {
	plain, err := config.Decrypt(bytes.NewReader(text))
	if err != nil {
		return nil, refuse(failure.Config, keyConfig, "set RCLONE_CONFIG_PASS to the password of the configuration",
			"read rclone configuration: %s", redact(err.Error()))
	}
	file, err := goconfig.LoadFromReader(plain)
	if err != nil {
		return nil, refuse(failure.Config, keyConfig, "write it with `rclone config`",
			"read rclone configuration: %s", firstWords(err))
	}
	sections := map[string]map[string]string{}
	for _, name := range file.GetSectionList() {
		values, err := file.GetSection(name)
		if err != nil {
			return nil, refuse(failure.Config, keyConfig, "", "read rclone configuration: section %q", name)
		}
		sections[name] = values
	}
	return sections, nil
}

var quoted = regexp.MustCompile(`["'].*["']|: .*`)

// firstWords returns what kind of error the parser found, without the line's text, which may hold a secret.
func firstWords(err error) string {
	return strings.TrimSpace(quoted.ReplaceAllString(fmt.Sprint(err), ""))
}
