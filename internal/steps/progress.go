package steps

import (
	"fmt"
	"log/slog"
	"os"
	"sync"
)

// Progress reports to Argo how far a step is, through the file that ARGO_PROGRESS_FILE names. Its methods may be called at the
// same time.
type Progress struct {
	mu          sync.Mutex
	path        string
	done, total int
}

// NewProgress begins with some of all done. Without ARGO_PROGRESS_FILE, nothing is written.
func NewProgress(done, total int) *Progress {
	p := &Progress{path: os.Getenv("ARGO_PROGRESS_FILE"), done: done, total: total}
	p.write()
	return p
}

// One more is done.
func (p *Progress) One() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
	p.write()
}

// write writes N/M; Argo takes no other form, and none with M = 0.
func (p *Progress) write() {
	if p.path == "" || p.total == 0 {
		return
	}
	text := fmt.Sprintf("%d/%d", min(p.done, p.total), p.total)
	if err := os.WriteFile(p.path, []byte(text), 0o644); err != nil { //nolint:gosec // Argo's executor reads it, as another user
		slog.Warn("could not write the progress", "error", err)
	}
}
