//go:build e2e

package e2e

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/cli"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"metronome/internal/catalog"
	"metronome/internal/entity"
	"metronome/internal/ledger"
	"metronome/test/installation"
	"metronome/test/s3server"
	"metronome/test/simulator"
)

// pool is a quota domain of a site, with a provider of its own.
type pool struct {
	name        string
	rate, burst int // requests per second
	workers     int // at most
	entities    int
}

// plan says what a site is like. Zero values are what most tests want.
type plan struct {
	pools  []pool
	target time.Duration  // how long a batch keeps a worker busy; 60 s
	cpu    string         // what each of a worker's pods asks for; 5m
	values map[string]any // of the chart, in place of the site's own
}

// site is an installation in a namespace of its own.
type site struct {
	*cluster
	t         *testing.T
	namespace string
	pools     []pool
	entities  []entity.Entity
	providers *simulator.Client

	ledger         ledger.Ledger
	outerLedgerURL string // as the tests reach it
}

const release = "metronome"

// operatorAccount is a service account of the user's that the chart lets operate runs.
const operatorAccount = "closer"

// small is a template set of 4 folders and 3 workbooks.
const small = `version: 1
folders:
  - "{YYYY}/{MM} {Month}"
  - "{YYYY}/{MM} {Month}/Cash"
  - "{YYYY}/{MM} {Month}/Cash/Statements"
  - "{YYYY}/{MM} {Month}/Tax"
checklist:
  workbook: "{YYYY}/{MM} {Month}/Checklist {YYYY}-{MM}.xlsx"
  items:
    - {id: C1, title: Reconcile the bank, frequency: monthly, preparers: [{name: Ann, due: BD3}]}
reconciliations:
  items:
    - {id: R1, account: "1000", name: Cash, currency: USD, folder: "{YYYY}/{MM} {Month}/Cash", frequency: monthly, preparers: [{name: Ann, due: BD3}]}
    - {id: R2, account: "2000", name: Tax, currency: USD, folder: "{YYYY}/{MM} {Month}/Tax", frequency: monthly, preparers: [{name: Ann, due: BD3}]}
documents: []
`

// newSite makes a namespace with providers and a ledger that has a catalog, and installs the chart. It goes with the test,
// after its evidence was kept where the test failed.
func newSite(t *testing.T, p plan) *site {
	t.Helper()
	s := newStorage(t, p)
	s.install(p)
	return s
}

// newStorage makes a site without the chart.
func newStorage(t *testing.T, p plan) *site {
	t.Helper()
	s := &site{cluster: here, t: t, pools: p.pools}
	for _, pool := range p.pools {
		s.entities = append(s.entities, installation.Entities(pool.name, "%s/Close", pool.entities)...)
	}
	s.makeNamespace()
	s.startStorage()
	s.writeCatalog()
	s.makeSecrets()
	_, err := s.kube.CoreV1().ServiceAccounts(s.namespace).Create(t.Context(), &corev1.ServiceAccount{
		ObjectMeta: metav1.ObjectMeta{Name: operatorAccount},
	}, metav1.CreateOptions{})
	require.NoError(t, err)
	return s
}

// makeNamespace names the namespace after the test.
func (s *site) makeNamespace() {
	s.t.Helper()
	name := strings.ToLower(strings.NewReplacer("/", "-", "_", "-").Replace(strings.TrimPrefix(s.t.Name(), "Test")))
	namespace, err := s.kube.CoreV1().Namespaces().Create(s.t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{
		GenerateName: "e2e-" + name[:min(len(name), 30)] + "-", Labels: map[string]string{"metronome-e2e": "true"},
	}}, metav1.CreateOptions{})
	require.NoError(s.t, err)
	s.namespace = namespace.Name
	s.t.Cleanup(func() {
		if s.t.Failed() {
			s.keepEvidence()
		}
		err := s.kube.CoreV1().Namespaces().Delete(context.Background(), s.namespace, metav1.DeleteOptions{})
		if err != nil {
			s.t.Logf("delete namespace %s: %v", s.namespace, err)
		}
	})
}

func (s *site) writeCatalog() {
	s.t.Helper()
	require.NoError(s.t, s.ledger.Put(s.t.Context(), ledger.EntitiesKey, catalog.Encode(s.entities)))
	require.NoError(s.t, s.ledger.Put(s.t.Context(), ledger.TemplateSetKey("standard"), []byte(small)))
}

// makeSecrets makes those that the chart leaves to the user.
func (s *site) makeSecrets() {
	s.t.Helper()
	secrets := map[string]map[string]string{"metronome-ledger": {
		"AWS_ACCESS_KEY_ID": s3server.AccessKey, "AWS_SECRET_ACCESS_KEY": s3server.SecretKey, "AWS_EC2_METADATA_DISABLED": "true",
	}}
	for i, p := range s.pools {
		secrets["metronome-rclone-"+p.name] = map[string]string{"rclone.conf": s.rcloneConfig(i)}
	}
	for name, data := range secrets {
		_, err := s.kube.CoreV1().Secrets(s.namespace).Create(s.t.Context(), &corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Name: name}, StringData: data,
		}, metav1.CreateOptions{})
		require.NoError(s.t, err)
	}
}

// install installs the chart as `helm install` does.
func (s *site) install(p plan) {
	s.t.Helper()
	loaded, err := loader.Load("../../charts/metronome")
	require.NoError(s.t, err)
	install := action.NewInstall(s.helm())
	install.ReleaseName, install.Namespace = release, s.namespace
	_, err = install.RunWithContext(s.t.Context(), loaded, s.values(p))
	require.NoError(s.t, err)
}

// helm is Helm's configuration for the site's namespace.
func (s *site) helm() *action.Configuration {
	s.t.Helper()
	settings := cli.New()
	settings.KubeConfig = s.kubeconfig
	settings.SetNamespace(s.namespace)
	var configuration action.Configuration
	require.NoError(s.t, configuration.Init(settings.RESTClientGetter(), s.namespace, "secret", s.t.Logf))
	return &configuration
}

// values are the chart's: beats as quick as Argo can take them, pods so small that many fit the one node.
func (s *site) values(p plan) map[string]any {
	pools := map[string]any{}
	for _, p := range s.pools {
		pools[p.name] = map[string]any{
			"provider": "webdav", "requestsPerSecond": p.rate, "burst": p.burst, "maxWorkers": p.workers,
		}
	}
	worker := cmp.Or(p.cpu, "5m")
	resources := map[string]any{}
	for step, cpu := range map[string]string{
		"group": "5m", "pulse": "5m", "folders": worker, "templates": worker, "upload": worker, "report": "5m",
	} {
		resources[step] = map[string]any{
			"requests": map[string]any{"cpu": cpu, "memory": "16Mi"}, "limits": map[string]any{"cpu": "1", "memory": "256Mi"},
		}
	}
	target := p.target
	if target == 0 {
		target = time.Minute
	}
	values := map[string]any{
		"ledger":    map[string]any{"url": s.innerLedgerURL()},
		"pools":     pools,
		"batch":     map[string]any{"target": fmt.Sprint(target)},
		"beat":      map[string]any{"min": "1s", "max": "5s"},
		"image":     map[string]any{"pullPolicy": "Never"},
		"schedule":  map[string]any{"suspend": true},
		"resources": resources,
		"access": map[string]any{"operators": []any{
			map[string]any{"kind": "ServiceAccount", "name": operatorAccount, "namespace": s.namespace},
		}},
	}
	for key, value := range p.values {
		values[key] = value
	}
	return values
}
