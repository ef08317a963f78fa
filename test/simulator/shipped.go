package simulator

import (
	"embed"
	"fmt"
)

//go:embed profiles/*.yaml
var profiles embed.FS

// Shipped returns a profile of the folder profiles by its name without ".yaml".
func Shipped(name string) (Profile, error) {
	file := "profiles/" + name + ".yaml"
	data, err := profiles.ReadFile(file)
	if err != nil {
		return Profile{}, fmt.Errorf("read profile: %w", err)
	}
	return Parse(file, data)
}
