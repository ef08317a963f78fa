package local

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"sync"

	"metronome/internal/run"
)

// StopCommand is the line on a worker's standard input that asks it to stop after the requests under way. The end of its
// standard input means that the run is gone: the worker exits at once.
const StopCommand = "stop"

// processes are the worker processes of one pool.
type processes struct {
	command func(run.Assignment) *exec.Cmd
	entity  func(run.EntityProgress)
	logs    io.Writer
	ended   chan struct{} // gets a value, without blocking, whenever a worker ends

	mu      sync.Mutex
	live    map[string]io.WriteCloser // standard input, by worker
	waiting sync.WaitGroup
}

func newProcesses(command func(run.Assignment) *exec.Cmd, entity func(run.EntityProgress), logs io.Writer) *processes {
	return &processes{
		command: command, entity: entity, logs: logs,
		ended: make(chan struct{}, 1), live: map[string]io.WriteCloser{},
	}
}

// Start starts a worker process, unless it lives already.
func (p *processes) Start(_ context.Context, a run.Assignment) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, lives := p.live[a.Worker]; lives {
		return nil
	}
	command := p.command(a)
	command.Stderr = p.logs
	detach(command)
	input, err := command.StdinPipe()
	if err != nil {
		return err
	}
	output, err := command.StdoutPipe()
	if err != nil {
		return err
	}
	if err := command.Start(); err != nil {
		return fmt.Errorf("start process %s: %w", command.Path, err)
	}
	p.live[a.Worker] = input
	p.waiting.Go(func() { p.attend(a.Worker, command, output) })
	return nil
}

// attend passes on what a worker reports until it ends.
func (p *processes) attend(worker string, command *exec.Cmd, output io.Reader) {
	lines := bufio.NewScanner(output)
	for lines.Scan() {
		var changed run.EntityProgress
		if json.Unmarshal(lines.Bytes(), &changed) == nil {
			p.entity(changed)
		}
	}
	_ = command.Wait() // how it ended is in its progress document; a crash is what that does not say
	p.mu.Lock()
	_ = p.live[worker].Close()
	delete(p.live, worker)
	p.mu.Unlock()
	select {
	case p.ended <- struct{}{}:
	default:
	}
}

// Live returns the workers whose processes have not ended.
func (p *processes) Live(context.Context, run.ID, string) (map[string]bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	live := make(map[string]bool, len(p.live))
	for worker := range p.live {
		live[worker] = true
	}
	return live, nil
}

// stop asks every worker to stop after the requests under way.
func (p *processes) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, input := range p.live {
		_, _ = io.WriteString(input, StopCommand+"\n") // a worker that has just ended does not read it, and need not
	}
}

// abandon makes every worker exit at once.
func (p *processes) abandon() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, input := range p.live {
		_ = input.Close()
	}
}

// wait waits until every worker has ended.
func (p *processes) wait() { p.waiting.Wait() }
