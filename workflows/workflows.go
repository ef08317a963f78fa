// Package workflows holds the Argo manifests that a run consists of, plain YAML, the one source of truth: the chart takes
// them in and changes no more than images, names and settings.
package workflows

import "embed"

// Files are the manifests, one object each.
//
//go:embed *.yaml
var Files embed.FS
