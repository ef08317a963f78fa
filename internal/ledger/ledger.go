package ledger

import (
	"context"
	"errors"
	"iter"
)

// What a caller may meet; everything else is a classified *failure.Error (Config: bad URL, no permission; Overload: down).
var (
	ErrNotFound = errors.New("not found in the ledger")
	ErrExists   = errors.New("already in the ledger")
	ErrConflict = errors.New("changed in the ledger meanwhile")
)

// Version identifies one state of a document. It is opaque; "" is no version.
type Version string

// Ledger is the store of catalog, run state and period content. Keys are slash-separated, relative, without "." or "..";
// documents are small (well below 100 MB). All methods may be called at the same time, from any number of processes.
// A document is seen whole or not at all, also after a crash; what a method returned nil for survives a crash.
type Ledger interface {
	// Get reads a document; ErrNotFound.
	Get(ctx context.Context, key string) ([]byte, Version, error)
	// Put writes a document, whatever was there. Only for documents with one writer.
	Put(ctx context.Context, key string, data []byte) error
	// Create writes a document that is not there yet; ErrExists. Of many callers at once one wins.
	Create(ctx context.Context, key string, data []byte) (Version, error)
	// Swap writes a document that is still in the state that Get, Create or Swap gave; ErrConflict, ErrNotFound.
	Swap(ctx context.Context, key string, data []byte, version Version) (Version, error)
	// List returns the keys below a prefix ("runs/" or "" ), in lexical order.
	List(ctx context.Context, prefix string) iter.Seq2[string, error]
	// Children returns the next path elements below a prefix ending in "/" (or ""), in lexical order, folders with a trailing "/".
	Children(ctx context.Context, prefix string) ([]string, error)
	// Delete removes a document below runs/, whether it was there or not. Other keys are refused.
	Delete(ctx context.Context, key string) error
}
