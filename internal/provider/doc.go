// Package provider is a narrow and safe storage at the customers' providers, for the upload stage. It alone imports rclone,
// and uses it for its backends only, never for its sync engine. What Metronome knows of providers without rclone is in
// provider/kind; the code that a backend of rclone needs to be safe is here, in a file of its own.
//
// Nouns:
//   - pool: rclone set up for this process. The limiter, the request hook and the configuration are process-wide in rclone,
//     so one process serves one pool.
//   - share: the requests per second, and the burst, that this process may use of the pool's quota.
//   - storage: one entity's remote. It lists trees, makes folders, creates and copies files. It never overwrites and never
//     deletes what it did not make itself.
//   - connection: a remote of the rclone configuration, opened once per process and shared by the storages on it.
//   - operation: one call of a storage's method. It sends as few requests as the backend allows, and each request once:
//     retrying is the caller's business.
//   - backend: what one of rclone's backends needs so that its operations are safe and cheap: configuration that must hold,
//     the guards (which requests each operation may send), and the edits made to them.
//   - interceptor: the request hook, and the reader of rclone's header dump. Every HTTP request passes it. It refuses what no
//     guard lists, waits for the limiter, counts, times and classifies.
//   - listing cache: what listings showed of a storage, and what was written since.
//
// How nothing is overwritten: a file is created only below a folder whose complete listing the storage has seen, and only
// where that listing did not show the name (by the provider's own idea of equal names); the request itself carries the
// provider's create-only condition where there is one (If-None-Match, Overwrite: F, a mode, a conflict behaviour); and the
// interceptor lets no other writing request out. Complete is the single exception, see there.
//
// How an answer becomes a failure.Class is in classify.go, by the words of refusal of provider/kind.
package provider
