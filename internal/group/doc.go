// Package group turns a request for a run into batches: it reads and checks the catalog, leaves out what is done, groups the
// entities by pool, sizes them by the requests they will take, and packs them. It writes nothing until it is told to.
package group
