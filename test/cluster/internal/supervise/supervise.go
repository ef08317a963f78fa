package supervise

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	poll  = 50 * time.Millisecond  // between looks at what a component waits for
	pause = 500 * time.Millisecond // before a component that ended is started again
)

// Supervisor is process 1's work.
type Supervisor struct {
	logs   string // folder
	status string // file

	mu    sync.Mutex
	exits map[int]chan syscall.WaitStatus // by process id
	state []State
}

// New makes a supervisor that writes logs into a folder, and the components' states into the file status.
func New(logs, status string) *Supervisor {
	return &Supervisor{logs: logs, status: status, exits: map[int]chan syscall.WaitStatus{}}
}

// Run keeps the components running. It returns only if it cannot start.
func (s *Supervisor) Run(components []Component) error {
	if err := os.MkdirAll(s.logs, 0o755); err != nil {
		return fmt.Errorf("create log folder: %w", err)
	}
	for i, c := range components {
		s.state = append(s.state, State{Name: c.Name})
		go s.keep(i, c)
	}
	s.reap()
	return nil
}

// keep runs one component again and again.
func (s *Supervisor) keep(i int, c Component) {
	for {
		s.report(i, func(st *State) { st.Message = "waits for " + c.After })
		for !conditionMet(c.After) {
			time.Sleep(poll)
		}
		message := s.once(i, c)
		s.report(i, func(st *State) { st.PID, st.Message = 0, message })
		time.Sleep(pause)
	}
}

// once starts the component and waits for its end, which it describes.
func (s *Supervisor) once(i int, c Component) string {
	pid, exit, err := s.start(c)
	if err != nil {
		return err.Error()
	}
	s.report(i, func(st *State) { st.PID, st.Message, st.Starts = pid, "", st.Starts+1 })
	status := <-exit
	if status.Signaled() {
		return "ended by " + status.Signal().String()
	}
	return fmt.Sprintf("ended with exit code %d", status.ExitStatus())
}

// start holds the lock until the process is known, so that the reaper finds even one that ends at once.
func (s *Supervisor) start(c Component) (int, <-chan syscall.WaitStatus, error) {
	program, err := exec.LookPath(c.Args[0])
	if err != nil {
		return 0, nil, fmt.Errorf("find program: %w", err)
	}
	log, err := os.OpenFile(filepath.Join(s.logs, c.Name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return 0, nil, fmt.Errorf("open log: %w", err)
	}
	defer func() { _ = log.Close() }()
	s.mu.Lock()
	defer s.mu.Unlock()
	process, err := os.StartProcess(program, c.Args, &os.ProcAttr{
		Env:   append(os.Environ(), c.Env...),
		Files: []*os.File{nil, log, log},
		Sys:   &syscall.SysProcAttr{Setsid: true},
	})
	if err != nil {
		return 0, nil, fmt.Errorf("start %s: %w", c.Name, err)
	}
	exit := make(chan syscall.WaitStatus, 1)
	s.exits[process.Pid] = exit
	return process.Pid, exit, nil
}

// reap collects every child that ends, for ever.
func (s *Supervisor) reap() {
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGCHLD)
	for range ended {
		for s.reapOne() {
		}
	}
}

func (s *Supervisor) reapOne() bool {
	// The lock keeps a failed start's own wait, inside os.StartProcess, from racing with this one.
	s.mu.Lock()
	defer s.mu.Unlock()
	var status syscall.WaitStatus
	pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil)
	if err != nil || pid <= 0 {
		return err == syscall.EINTR
	}
	if exit := s.exits[pid]; exit != nil {
		delete(s.exits, pid)
		exit <- status
	}
	return true
}

// report changes a component's state and writes all of them for others to read.
func (s *Supervisor) report(i int, change func(*State)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.state[i])
	data, err := json.Marshal(s.state)
	if err != nil {
		panic(err) // plain strings and numbers
	}
	if err := os.WriteFile(s.status+".new", data, 0o644); err == nil {
		_ = os.Rename(s.status+".new", s.status)
	}
}

// Status reads what a supervisor wrote.
func Status(path string) ([]State, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read status: %w", err)
	}
	var states []State
	if err := json.Unmarshal(data, &states); err != nil {
		return nil, fmt.Errorf("parse status %s: %w", path, err)
	}
	return states, nil
}

func conditionMet(condition string) bool {
	if condition == "" {
		return true
	}
	if strings.HasPrefix(condition, "/") {
		_, err := os.Stat(condition)
		return err == nil
	}
	conn, err := net.DialTimeout("tcp", condition, time.Second)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}
