// Package prepare takes entities through the stages that need the ledger only, folders and templates. It is the one way to do
// so: for the steps of that name, for a worker shortly before an entity's upload, and for a run on one machine that prepares
// batches before their workers start.
package prepare

import (
	"context"

	"metronome/internal/entity"
	"metronome/internal/receipt"
	"metronome/internal/run"
	"metronome/internal/site"
	"metronome/internal/stage"
	"metronome/internal/stage/folders"
	"metronome/internal/stage/templates"
)

// Preparer prepares the entities of a site. It is safe for concurrent use.
type Preparer struct {
	site   *site.Site
	stages []namedStage
}

// namedStage is a stage with the name of its receipt.
type namedStage struct {
	name receipt.Stage
	do   func(context.Context, stage.Job) error
}

// New returns the preparer of a site that takes entities through all stages before the upload, in order.
func New(s *site.Site) *Preparer {
	return &Preparer{site: s, stages: []namedStage{
		{receipt.Folders, folders.Stage{Ledger: s.Ledger, Templates: s.TemplateSet}.Do},
		{receipt.Templates, templates.Stage{Ledger: s.Ledger, Templates: s.TemplateSet, Calendars: s.Calendar}.Do},
	}}
}

// Only returns the preparer that takes entities through one of the stages.
func (p *Preparer) Only(name receipt.Stage) *Preparer {
	for _, s := range p.stages {
		if s.name == name {
			return &Preparer{site: p.site, stages: []namedStage{s}}
		}
	}
	panic("prepare: no stage " + string(name)) // names are constants of the program
}

// Outcome is what became of one member of a batch: the stage that it came to, and what went wrong in it.
type Outcome struct {
	Index int // in the batch's members
	Stage receipt.Stage
	Err   error
}

// Batch takes the members of a batch in their order through the stages: those that are wanted. It reports each outcome, and
// ends where report returns false.
func (p *Preparer) Batch(ctx context.Context, b run.Batch, wanted func(index int) bool, report func(Outcome) (proceed bool)) {
	for i, member := range b.Members {
		if wanted(i) && !report(p.entity(ctx, JobOf(b, member.Entity), i)) {
			return
		}
	}
}

func (p *Preparer) entity(ctx context.Context, job stage.Job, index int) Outcome {
	last := p.stages[len(p.stages)-1].name
	// The last stage's receipt says that those before it are done too: one read for an entity that was prepared ahead. A single
	// stage looks at its receipt itself.
	if len(p.stages) > 1 {
		done, err := stage.IsDone(ctx, p.site.Ledger, job.Entity.ID, job.Period, last)
		if done || err != nil {
			return Outcome{Index: index, Stage: last, Err: err}
		}
	}
	for _, s := range p.stages {
		if err := s.do(ctx, job); err != nil {
			return Outcome{Index: index, Stage: s.name, Err: err}
		}
	}
	return Outcome{Index: index, Stage: last}
}

// JobOf returns the job of an entity in a batch.
func JobOf(b run.Batch, e entity.Entity) stage.Job {
	return stage.Job{Run: b.Run, Batch: string(b.ID), Period: b.Period, Entity: e}
}
