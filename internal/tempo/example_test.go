package tempo_test

import (
	"fmt"
	"time"

	"metronome/internal/batch"
	"metronome/internal/tempo"
)

// Two beats of a run on a pool of 10 requests per second. In the first, two workers start; in the second, the provider has
// throttled too much of what they sent, so the pool slows down, and with it the share of each worker.
func ExampleDecide() {
	limits := tempo.Limits{RequestsPerSecond: 10, Burst: 10, MaxWorkers: 4, InFlight: 8}
	now := time.Date(2026, time.December, 1, 6, 0, 0, 0, time.UTC)
	seen := tempo.Observation{
		Run: "december",
		Waiting: []tempo.Candidate{
			{Batch: "b0000000", Worker: "b0000000-1", Accounts: []string{"acme"}, Requests: 600},
			{Batch: "b0000001", Worker: "b0000001-1", Accounts: []string{"baker"}, Requests: 500},
			{Batch: "b0000002", Worker: "b0000002-1", Accounts: []string{"clark"}, Requests: 400},
		},
	}
	state, decision := tempo.Decide(limits, tempo.State{}, seen, now)
	for _, start := range decision.Start {
		fmt.Printf("start %s at %g/s\n", start.Worker, start.Share.RequestsPerSecond)
	}
	fmt.Println(decision.Reason)

	later := now.Add(decision.Wait)
	seen = tempo.Observation{
		Run:    "december",
		Since:  now,
		Window: tempo.Window{Requests: 300, Throttled: 30, Seconds: 60},
		Workers: []tempo.Worker{
			{Name: "b0000000-1", Live: true, Serial: 1, Remaining: 450},
			{Name: "b0000001-1", Live: true, Serial: 1, Remaining: 350},
		},
		Waiting: seen.Waiting[2:],
	}
	_, decision = tempo.Decide(limits, state, seen, later)
	fmt.Printf("b0000000-1 at %g/s\n", decision.Shares["b0000000-1"].RequestsPerSecond)
	fmt.Println(decision.Reason)
	// Output:
	// start b0000000-1 at 5/s
	// start b0000001-1 at 5/s
	// first beat; rate 10/s; 2 of 2 workers, 2 started, 5/s each; 1 batch waits
	// b0000000-1 at 3.5/s
	// 300 requests in 30 s (10/s), 30 throttled; rate 10/s → 7/s: throttled above 1 %; 2 of 2 workers, 0 started, 3.5/s each; no new workers this beat; 1 batch waits
}

// How long 40 batches of 300 requests each take, before anything is started.
func ExampleForecast() {
	limits := tempo.Limits{RequestsPerSecond: 10, Burst: 10, MaxWorkers: 4, InFlight: 8}
	var waiting []tempo.Candidate
	for i := range 40 {
		id := batch.NewID(i)
		waiting = append(waiting, tempo.Candidate{
			Batch: id, Worker: string(id), Accounts: []string{fmt.Sprintf("account-%d", i)}, Requests: 300,
		})
	}
	now := time.Date(2026, time.December, 1, 6, 0, 0, 0, time.UTC)
	p := tempo.Forecast(limits, waiting, tempo.Assumptions{SecondsPerRequest: 0.5, StartSeconds: 1}, now)
	fmt.Println(p.Requests, "requests,", p.WorkersPeak, "workers, bound by the", p.Bound)
	fmt.Println("until", p.End.Format(time.TimeOnly))
	// Output:
	// 12000 requests, 3 workers, bound by the rate
	// until 06:20:27
}
