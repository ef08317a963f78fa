// Package images packs Metronome's steps, and any other static program, into container images, without Docker. The same
// input returns the same digest: nothing in an image depends on the time, the machine or the folder that it was packed in.
//
// An image holds one program, certificate authorities, and a user without rights. A platform is an operating system and an
// architecture, like linux/amd64; an image for several platforms is an index of one image each.
package images
