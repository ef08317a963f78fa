package argo

import "metronome/internal/run"

// Labels of the Workflows of a run. The WorkflowTemplates give the same to those that are started without this program.
const (
	KindLabel   = "metronome/kind"
	RunLabel    = "metronome/run"
	PoolLabel   = "metronome/pool"
	BatchLabel  = "metronome/batch"
	PeriodLabel = "metronome/period"
)

// Kinds of Workflows: what the kind label says.
const (
	RunKind    = "run"
	PoolKind   = "pool"
	WorkerKind = "worker"
)

// Annotations that Argo's user interface shows in place of a name.
const (
	titleAnnotation       = "workflows.argoproj.io/title"
	descriptionAnnotation = "workflows.argoproj.io/description"
)

// completedLabel is Argo's own: "true" once a Workflow has ended.
const completedLabel = "workflows.argoproj.io/completed"

// RunSelector selects the Workflow of a run itself.
func RunSelector(id run.ID) string {
	return KindLabel + "=" + RunKind + "," + RunLabel + "=" + labelValue(string(id))
}

// PoolsSelector selects the Workflows that pace a run's pools, all generations.
func PoolsSelector(id run.ID) string {
	return KindLabel + "=" + PoolKind + "," + RunLabel + "=" + labelValue(string(id))
}

// WorkersSelector selects the workers of a run that have not ended.
func WorkersSelector(id run.ID) string {
	return KindLabel + "=" + WorkerKind + "," + RunLabel + "=" + labelValue(string(id)) + "," + completedLabel + "!=true"
}
