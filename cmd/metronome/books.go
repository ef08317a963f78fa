package main

import (
	"context"

	"metronome/internal/config"
	"metronome/internal/ledger"
)

// books is the configuration with its ledger; commands that need no provider need no more.
type books struct {
	config config.Config
	ledger ledger.Ledger
}

func (b books) rate(pool string) float64 { return b.config.Pools[pool].RequestsPerSecond }

func (a *app) openBooks(ctx context.Context) (books, error) {
	c, err := a.load()
	if err != nil {
		return books{}, err
	}
	l, err := ledger.Open(ctx, c.Ledger)
	return books{config: c, ledger: l}, err
}
