package run

// State is how a whole run stands: while it has its lease running, paused or cancelling; afterwards as its report says.
type State string

// The states of a run.
const (
	StateRunning     State = "running"
	StatePaused      State = "paused"
	StateCancelling  State = "cancelling"
	StateDone        State = "done"
	StateFailed      State = "failed" // finished, but some entities failed
	StateParked      State = "parked"
	StateInterrupted State = "interrupted" // stopped before every entity had its turn
)

// WorkerState is how the worker of a batch stands.
type WorkerState string

// The states of a worker.
const (
	WorkerRunning WorkerState = "running"
	WorkerEnded   WorkerState = "ended" // it came to the end of what it could do
)

// EntityState is how an entity stands within its batch.
type EntityState string

// The states of an entity.
const (
	EntityWaiting    EntityState = "waiting"
	EntityWorking    EntityState = "working"
	EntityDone       EntityState = "done"
	EntityFailed     EntityState = "failed"
	EntityHandedBack EntityState = "back" // a later beat starts its batch again
	EntityParked     EntityState = "parked"
)
