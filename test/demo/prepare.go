package main

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"metronome/internal/calendar"
	"metronome/internal/catalog"
	"metronome/internal/content"
	"metronome/internal/entity"
	"metronome/internal/ledger"
	"metronome/internal/period"
	"metronome/internal/rollforward"
	"metronome/test/simulator"
)

// target is the period that the demo replicates, prior the one before it.
var target, prior = period.New(2026, 12), period.New(2026, 11)

//go:embed companies.txt
var companyList string

//go:embed standard.yaml
var standardSet []byte

func companies() []string { return strings.Split(strings.TrimSpace(companyList), "\n") }

// pools deals the companies out so that every pool takes about the same time at its own quota.
var pools = []string{
	"s3", "onedrive", "s3", "dropbox", "s3", "onedrive", "box", "s3", "dropbox", "s3",
	"onedrive", "s3", "dropbox", "s3", "box", "onedrive", "s3", "dropbox", "onedrive", "s3",
}

// prepare writes the configuration anew, since the providers' addresses change, and whatever else is missing.
func prepare(ctx context.Context, dir string, providers *simulator.Simulator) error {
	if err := writeConfiguration(dir, providers); err != nil {
		return err
	}
	l, err := ledger.Open(ctx, ledger.DirectoryURL(filepath.Join(dir, "ledger")))
	if err != nil {
		return err
	}
	entities, err := writeCatalog(ctx, l)
	if err != nil {
		return err
	}
	return writePriors(ctx, l, entities, providers)
}

func writeCatalog(ctx context.Context, l ledger.Ledger) ([]entity.Entity, error) {
	var list bytes.Buffer
	list.WriteString("name\n")
	for _, name := range companies() {
		fmt.Fprintf(&list, "%q\n", name)
	}
	entities, err := catalog.Import(list.Bytes(), catalog.ImportOptions{
		File: "companies.txt", Pools: []string{"box"}, Remote: "{pool}:{name}/Close", Timezone: "America/New_York",
	})
	if err != nil {
		return nil, err
	}
	for i := range entities {
		deal(&entities[i], pools[i%len(pools)])
	}
	if err := keep(ctx, l, ledger.TemplateSetKey("standard"), standardSet); err != nil {
		return nil, err
	}
	return entities, keep(ctx, l, ledger.EntitiesKey, catalog.Encode(entities))
}

// deal moves an entity to a pool. An S3 pool's remotes begin with the bucket.
func deal(e *entity.Entity, pool string) {
	e.Pool = pool
	_, path, _ := strings.Cut(e.Remote, ":")
	e.Remote = pool + ":" + path
	if pool == "s3" {
		e.Remote = pool + ":close/" + path
	}
}

func keep(ctx context.Context, l ledger.Ledger, key string, data []byte) error {
	_, err := l.Create(ctx, key, data)
	if errors.Is(err, ledger.ErrExists) {
		return nil
	}
	return err
}

// writePriors writes each company's prior period: signed off, closed, and with documents at its provider.
func writePriors(ctx context.Context, l ledger.Ledger, entities []entity.Entity, providers *simulator.Simulator) error {
	set, err := catalog.ParseTemplates("standard", "standard.yaml", standardSet)
	if err != nil {
		return err
	}
	us, err := calendar.New(calendar.Spec{Country: "US"})
	if err != nil {
		return err
	}
	for i, e := range entities {
		done := ledger.EntityKey(e.ID, prior, ledger.PeriodName)
		if _, _, err := l.Get(ctx, done); err == nil {
			continue
		}
		if err := writePrior(ctx, l, e, i, set, us); err != nil {
			return err
		}
		if err := writeDocuments(ctx, e, providers); err != nil {
			return err
		}
		closed := content.Period{Version: content.Version, Period: prior, State: content.Closed}
		if err := ledger.PutJSON(ctx, l, done, closed); err != nil {
			return err
		}
	}
	return nil
}

func writePrior(ctx context.Context, l ledger.Ledger, e entity.Entity, number int, set content.TemplateSet, us *calendar.Calendar,
) error {
	folders, err := rollforward.Folders(nil, set, prior, e.PeriodCalendar())
	if err != nil {
		return err
	}
	checklist, err := rollforward.Checklist(nil, set, prior, e, us)
	if err != nil {
		return err
	}
	for i := range checklist.Items {
		checklist.Items[i].Status = content.SignedOff
	}
	reconciliations, err := rollforward.Reconciliations(nil, content.Open, set, prior, e, us)
	if err != nil {
		return err
	}
	for i := range reconciliations.Items {
		reconciliations.Items[i].Status = content.SignedOff
		reconciliations.Items[i].Closing = fmt.Sprintf("%d.%02d", (number+1)*(i+3)*1789, (number*7+i*13)%100)
	}
	documents, err := rollforward.Documents(nil, set, folders, e.PeriodCalendar())
	if err != nil {
		return err
	}
	return errors.Join(
		ledger.PutJSON(ctx, l, ledger.EntityKey(e.ID, prior, ledger.FoldersName), folders),
		ledger.PutJSON(ctx, l, ledger.EntityKey(e.ID, prior, ledger.ChecklistName), checklist),
		ledger.PutJSON(ctx, l, ledger.EntityKey(e.ID, prior, ledger.ReconciliationsName), reconciliations),
		ledger.PutJSON(ctx, l, ledger.EntityKey(e.ID, prior, ledger.DocumentsName), documents),
	)
}

var configuration = template.Must(template.New("metronome.yaml").Parse(`# The demo's configuration. The rates are those of the simulated providers, which are reached by WebDAV and S3.
ledger: file:ledger
rclone: rclone.conf
pools:
  box: {provider: box, remoteType: webdav, requestsPerSecond: 60, burst: 30, maxWorkers: 4, account: {requestsPerSecond: 38, burst: 1}}
  onedrive: {provider: onedrive, remoteType: webdav, requestsPerSecond: 100, burst: 40, maxWorkers: 4}
  dropbox: {provider: dropbox, remoteType: webdav, requestsPerSecond: 80, burst: 40, maxWorkers: 6}
  s3: {provider: s3, requestsPerSecond: 160, burst: 80, maxWorkers: 4}
batch: {target: 5s}
beat: {min: 300ms, max: 5s}
`))

var remotes = template.Must(template.New("rclone.conf").Parse(`{{range .}}[{{.Name}}]
{{if .Login}}type = s3
provider = Other
endpoint = {{.URL}}
access_key_id = {{.Login.AccessKey}}
secret_access_key = {{.Login.SecretKey}}
region = {{.Login.Region}}
{{else}}type = webdav
vendor = other
url = {{.URL}}
{{end}}
{{end}}`))

// remote is one section of the rclone configuration.
type remote struct {
	Name string
	simulator.Address
}

func writeConfiguration(dir string, providers *simulator.Simulator) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	var sections []remote
	for _, name := range providers.Providers() {
		sections = append(sections, remote{Name: name, Address: providers.Address(name)})
	}
	return errors.Join(
		render(filepath.Join(dir, "metronome.yaml"), configuration, nil),
		render(filepath.Join(dir, "rclone.conf"), remotes, sections),
	)
}

func render(path string, text *template.Template, data any) error {
	var out bytes.Buffer
	if err := text.Execute(&out, data); err != nil {
		return err
	}
	return os.WriteFile(path, out.Bytes(), 0o600)
}
