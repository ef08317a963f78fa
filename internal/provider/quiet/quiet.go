// Package quiet keeps rclone from creating a configuration folder in the home directory, which importing its config package
// does unless RCLONE_CONFIG is set. The package imports nothing but os, so Go initialises it before any package that needs
// the network, rclone's among them.
package quiet

import "os"

func init() {
	if _, set := os.LookupEnv("RCLONE_CONFIG"); !set {
		_ = os.Setenv("RCLONE_CONFIG", os.DevNull)
	}
}
