//go:build e2e && !load

package e2e

import "time"

// waitTimeout is how long anything may take on a busy machine. A run of a few pods takes a minute on an idle one.
const waitTimeout = 12 * time.Minute
