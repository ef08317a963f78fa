package simulator

import (
	"encoding/json"
	"io"
	"net/http"
)

// adminHandler serves the counts and takes changes:
//
//	GET  /healthz             204
//	GET  /addresses           Addresses
//	GET  /counts              Counts by provider, without cells
//	GET  /counts/{provider}   Counts of one provider, with cells
//	GET  /files/{provider}    Snapshot of one provider's storage
//	POST /reset               starts a new counting period, answers the ended one's Counts by provider, with cells
//	POST /limits/{provider}   replaces the limits: a YAML or JSON list
//	POST /faults/{provider}   replaces the random faults: YAML or JSON
//	POST /paths/{provider}    replaces the path rules: a YAML or JSON list
func (s *Simulator) adminHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET /addresses", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, s.Addresses()) })
	mux.HandleFunc("GET /counts", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, withoutCells(s.AllCounts())) })
	mux.HandleFunc("GET /counts/{provider}", s.named(func(w http.ResponseWriter, _ *http.Request, name string) {
		writeJSON(w, s.Counts(name))
	}))
	mux.HandleFunc("GET /files/{provider}", s.named(func(w http.ResponseWriter, _ *http.Request, name string) {
		files, err := s.Files(name)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		writeJSON(w, files)
	}))
	mux.HandleFunc("POST /reset", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, s.Reset()) })
	mux.HandleFunc("POST /limits/{provider}", change(s, func(name string, limits []Limit) error {
		return s.SetLimits(name, limits...)
	}))
	mux.HandleFunc("POST /faults/{provider}", change(s, s.SetFaults))
	mux.HandleFunc("POST /paths/{provider}", change(s, func(name string, rules []PathRule) error {
		return s.SetPaths(name, rules...)
	}))
	return mux
}

// named answers 404 for a provider that does not exist.
func (s *Simulator) named(handle func(http.ResponseWriter, *http.Request, string)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		name := r.PathValue("provider")
		if s.providers[name] == nil {
			http.Error(w, "no provider "+name, http.StatusNotFound)
			return
		}
		handle(w, r, name)
	}
}

// change decodes a body strictly and applies it: 204, or 400 with all problems.
func change[T any](s *Simulator, apply func(string, T) error) http.HandlerFunc {
	return s.named(func(w http.ResponseWriter, r *http.Request, name string) {
		data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		var value T
		err = asError(decode("", data, &value))
		if err == nil {
			err = apply(name, value)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
}

func withoutCells(counts map[string]Counts) map[string]Counts {
	for name, c := range counts {
		c.Cells = nil
		counts[name] = c
	}
	return counts
}

func writeJSON(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", jsonType)
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(value) // the client went away
}
