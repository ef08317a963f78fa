// Package s3server runs a real S3 server (versitygw on a directory) for tests, the provider simulator and the demo.
//
// The server honours If-None-Match and If-Match atomically: it checks and publishes under one lock per key. Its ETags live
// in extended attributes of the object files, so the directory must be on a filesystem that has them (ext4, xfs, btrfs,
// overlayfs, APFS; tmpfs since Linux 6.6). versitygw's other way to keep them, a sidecar directory, is not used: there a
// reader can meet an old object with its new ETag, and a compare-and-swap built on that loses updates.
//
// A server never outlives the process that started it: it is stopped at cleanup, and on Linux the kernel ends it when the
// starting process is killed.
package s3server
