// Package quiet keeps rclone from creating a configuration folder in the home directory, which importing its config package
// does unless RCLONE_CONFIG is set. The package imports nothing but os, so Go initialises it before any package that needs
// the network, rclone's among them.
package quiet

import "os"

const variable = "RCLONE_CONFIG"

var ours bool

func init() {
	if _, set := os.LookupEnv(variable); !set {
		ours = os.Setenv(variable, os.DevNull) == nil
	}
}

// Restore takes the variable back once rclone is initialised, so that no other code sees it.
func Restore() {
	if ours {
		_ = os.Unsetenv(variable)
	}
}
