//go:build e2e

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	wfv1 "github.com/argoproj/argo-workflows/v3/pkg/apis/workflow/v1alpha1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// evidenceFolder is below the repository's dist/.
const evidenceFolder = "../../dist/e2e"

// evidence is what is kept of a failed test's site: Workflows, pods with their logs, events, the ledger, and the providers' counts.
type evidence struct {
	*site
	folder string
	errs   []error
}

// keepEvidence writes files, and the Workflows' trouble to the test's log.
func (s *site) keepEvidence() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	e := &evidence{site: s, folder: filepath.Join(evidenceFolder, s.namespace)}
	e.keepWorkflows(ctx)
	e.keepPods(ctx)
	e.keepEvents(ctx)
	if s.ledger != nil {
		e.keepLedger(ctx)
		counts, err := s.providers.AllCounts(ctx)
		e.note(err)
		e.keep("counts.json", counts)
	}
	for _, err := range e.errs {
		s.t.Logf("evidence: %v", err)
	}
	s.t.Logf("evidence is in %s", e.folder)
}

func (e *evidence) note(err error) {
	if err != nil {
		e.errs = append(e.errs, err)
	}
}

// write keeps a file, named by a slash-separated path.
func (e *evidence) write(name string, data []byte) {
	path := filepath.Join(e.folder, filepath.FromSlash(name))
	e.note(os.MkdirAll(filepath.Dir(path), 0o755))
	e.note(os.WriteFile(path, data, 0o600))
}

func (e *evidence) keep(name string, value any) {
	data, err := json.MarshalIndent(value, "", "  ")
	e.note(err)
	e.write(name, data)
}

func (e *evidence) keepWorkflows(ctx context.Context) {
	list, err := e.workflows().List(ctx, metav1.ListOptions{})
	e.note(err)
	if list == nil {
		return
	}
	for _, w := range list.Items {
		data, err := yaml.Marshal(w)
		e.note(err)
		e.write("workflows/"+w.Name+".yaml", data)
		e.t.Logf("Workflow %s: %s %s", w.Name, w.Status.Phase, w.Status.Message)
		for _, node := range w.Status.Nodes {
			if node.Phase != wfv1.NodeSucceeded && node.Phase != wfv1.NodeSkipped && node.Phase != wfv1.NodeOmitted {
				e.t.Logf("  %s (%s): %s %s", node.DisplayName, node.Type, node.Phase, node.Message)
			}
		}
	}
}

func (e *evidence) keepPods(ctx context.Context) {
	list, err := e.kube.CoreV1().Pods(e.namespace).List(ctx, metav1.ListOptions{})
	e.note(err)
	if list == nil {
		return
	}
	for _, pod := range list.Items {
		data, err := yaml.Marshal(pod)
		e.note(err)
		e.write("pods/"+pod.Name+".yaml", data)
		for _, container := range slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers) {
			logs, err := e.kube.CoreV1().Pods(e.namespace).GetLogs(pod.Name, &corev1.PodLogOptions{Container: container.Name}).DoRaw(ctx)
			if err != nil {
				logs = []byte(err.Error())
			}
			e.write(fmt.Sprintf("pods/%s.%s.log", pod.Name, container.Name), logs)
		}
	}
}

func (e *evidence) keepEvents(ctx context.Context) {
	list, err := e.kube.CoreV1().Events(e.namespace).List(ctx, metav1.ListOptions{})
	e.note(err)
	if list == nil {
		return
	}
	var out strings.Builder
	for _, event := range list.Items {
		fmt.Fprintf(&out, "%s %s/%s %s: %s\n", event.LastTimestamp.Format(time.TimeOnly), event.InvolvedObject.Kind,
			event.InvolvedObject.Name, event.Reason, event.Message)
	}
	e.write("events.txt", []byte(out.String()))
}

// keepLedger copies all documents but workbooks.
func (e *evidence) keepLedger(ctx context.Context) {
	for key, err := range e.ledger.List(ctx, "") {
		if err != nil {
			e.note(err)
			return
		}
		if strings.HasSuffix(key, ".xlsx") {
			continue
		}
		data, _, err := e.ledger.Get(ctx, key)
		e.note(err)
		e.write("ledger/"+key, data)
	}
}
