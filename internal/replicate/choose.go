package replicate

import (
	"fmt"

	"metronome/internal/catalog"
	"metronome/internal/config"
	"metronome/internal/entity"
	"metronome/internal/failure"
	"metronome/internal/ledger"
	"metronome/internal/run"
)

// choose returns the active entities that the selection names, in the catalog's order. Whatever it names must be there.
func choose(all catalog.Catalog, c config.Config, selection run.Selection) ([]entity.Entity, error) {
	wanted := make(map[entity.ID]bool, len(selection.Entities))
	for _, id := range selection.Entities {
		wanted[id] = true
	}
	pools := make(map[string]bool, len(selection.Pools))
	problems := failure.Problems{Class: failure.Data}
	for _, name := range selection.Pools {
		if _, known := c.Pools[name]; !known {
			problems.List = append(problems.List, failure.Problem{
				File: "selection", Key: "pool", Value: name, Message: "no such pool", Hint: "name a pool of metronome.yaml",
			})
		}
		pools[name] = true
	}
	chosen := make([]entity.Entity, 0, room(all, selection))
	for _, e := range all.Entities {
		named := wanted[e.ID]
		delete(wanted, e.ID)
		if named && e.State != entity.Active {
			problems.List = append(problems.List, failure.Problem{
				File: "selection", Key: "only", Value: string(e.ID), Message: fmt.Sprintf("the entity is %s", e.State),
				Hint: "set its state to active in " + ledger.EntitiesKey,
			})
		}
		if e.State == entity.Active && (named || len(selection.Entities) == 0) && (pools[e.Pool] || len(pools) == 0) {
			chosen = append(chosen, e)
		}
	}
	for _, id := range selection.Entities {
		if !wanted[id] {
			continue
		}
		delete(wanted, id) // named twice, it is missing once
		problems.List = append(problems.List, failure.Problem{
			File: "selection", Key: "only", Value: string(id), Message: "no such entity",
			Hint: "name an id of " + ledger.EntitiesKey,
		})
	}
	return chosen, problems.OrNil()
}

// room is how many entities a selection can choose at most.
func room(all catalog.Catalog, selection run.Selection) int {
	if len(selection.Entities) > 0 {
		return len(selection.Entities)
	}
	return len(all.Entities)
}
