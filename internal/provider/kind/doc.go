// Package kind knows the kinds of storage that Metronome replicates to, without any library that talks to them. Adding a
// provider is a file with its value here, and its entry in the list of kind.go.
//
// Nouns:
//   - provider: a kind of storage as metronome.yaml names it (`provider: box`).
//   - remote type: how the rclone configuration reaches a storage (`type = webdav`). A provider without a remote type of its
//     own is reached by a general one.
//   - refusal: an answer that does not grant a request, and the words by which its class is recognised.
//
// Configuration, its schema, the catalog's checks, the classifier of answers and the table in docs/configuration.md read these
// values; none of them has a list of its own.
package kind
