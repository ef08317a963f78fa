// Package argoserver is Argo Server's HTTP API for tests: it creates, gets and lists Workflows, and gets WorkflowTemplates, for
// bearers of the token, over Argo's fake clientset. No controller runs, so a test itself sets how a Workflow continues.
package argoserver

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	workflowpkg "github.com/argoproj/argo-workflows/v3/pkg/apiclient/workflow"
	wfv1 "github.com/argoproj/argo-workflows/v3/pkg/apis/workflow/v1alpha1"
	"github.com/argoproj/argo-workflows/v3/pkg/client/clientset/versioned/fake"
	"github.com/argoproj/argo-workflows/v3/pkg/client/clientset/versioned/typed/workflow/v1alpha1"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Namespace is the only one that the server has.
const Namespace = "metronome"

// token is what the server expects.
const token = "Bearer v2:test"

// Server is a running server.
type Server struct {
	Workflows v1alpha1.WorkflowInterface
	Templates v1alpha1.WorkflowTemplateInterface
	Refusal   string // why it does not accept Workflows; "" accepts them
	address   string
}

// Start starts a server that ends with the test, and points the `argo` CLI's variables at it.
func Start(t *testing.T) *Server {
	t.Helper()
	argo := fake.NewSimpleClientset().ArgoprojV1alpha1()
	s := &Server{Workflows: argo.Workflows(Namespace), Templates: argo.WorkflowTemplates(Namespace)}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v1/workflows/{namespace}", s.create)
	mux.HandleFunc("GET /api/v1/workflows/{namespace}", s.list)
	mux.HandleFunc("GET /api/v1/workflows/{namespace}/{name}", s.get)
	mux.HandleFunc("GET /api/v1/workflow-templates/{namespace}/{name}", s.template)
	listening := httptest.NewServer(guard(mux))
	t.Cleanup(listening.Close)
	s.address = strings.TrimPrefix(listening.URL, "http://")
	for name, value := range map[string]string{
		"ARGO_SERVER": s.address, "ARGO_HTTP1": "true", "ARGO_SECURE": "false", "ARGO_TOKEN": token, "ARGO_NAMESPACE": Namespace,
		"ARGO_BASE_HREF": "", "ARGO_INSTANCEID": "", "KUBECONFIG": "/nonexistent",
	} {
		t.Setenv(name, value)
	}
	return s
}

// Names lists the Workflows.
func (s *Server) Names(t *testing.T) []string {
	t.Helper()
	list, err := s.Workflows.List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	names := make([]string, len(list.Items))
	for i := range list.Items {
		names[i] = list.Items[i].Name
	}
	return names
}

// Argument returns an argument of a Workflow.
func (s *Server) Argument(t *testing.T, workflow, name string) string {
	t.Helper()
	w, err := s.Workflows.Get(t.Context(), workflow, metav1.GetOptions{})
	require.NoError(t, err)
	return w.Spec.Arguments.GetParameterByName(name).Value.String()
}

// End ends a run's Workflow in one of Argo's phases, with the outputs of its report step.
func (s *Server) End(t *testing.T, name, phase, state, summary string) {
	t.Helper()
	w, err := s.Workflows.Get(t.Context(), name, metav1.GetOptions{})
	require.NoError(t, err)
	w.Status.Phase, w.Status.FinishedAt = wfv1.WorkflowPhase(phase), metav1.Now()
	w.Status.Nodes = wfv1.Nodes{"report": {TemplateName: "report", Outputs: &wfv1.Outputs{Parameters: []wfv1.Parameter{
		{Name: "state", Value: wfv1.AnyStringPtr(state)}, {Name: "summary", Value: wfv1.AnyStringPtr(summary)},
	}}}}
	_, err = s.Workflows.Update(t.Context(), w, metav1.UpdateOptions{})
	require.NoError(t, err)
}

func guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != token {
			refuse(w, http.StatusUnauthorized, codes.Unauthenticated, "token not valid")
			return
		}
		if !strings.HasPrefix(r.URL.Path, "/api/v1/workflows/"+Namespace) &&
			!strings.HasPrefix(r.URL.Path, "/api/v1/workflow-templates/"+Namespace) {
			refuse(w, http.StatusForbidden, codes.PermissionDenied, "not allowed in this namespace")
			return
		}
		next.ServeHTTP(w, r)
	})
}

func refuse(w http.ResponseWriter, status int, code codes.Code, message string) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"code": code, "message": message})
}

func answer(w http.ResponseWriter, value any, err error) {
	switch {
	case err == nil:
		_ = json.NewEncoder(w).Encode(value)
	case apierrors.IsNotFound(err):
		refuse(w, http.StatusNotFound, codes.NotFound, err.Error())
	case apierrors.IsAlreadyExists(err):
		refuse(w, http.StatusConflict, codes.AlreadyExists, err.Error())
	default:
		refuse(w, http.StatusInternalServerError, codes.Internal, err.Error())
	}
}

func (s *Server) create(w http.ResponseWriter, r *http.Request) {
	var request workflowpkg.WorkflowCreateRequest
	if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
		refuse(w, http.StatusBadRequest, codes.InvalidArgument, err.Error())
		return
	}
	if s.Refusal != "" {
		refuse(w, http.StatusBadRequest, codes.InvalidArgument, s.Refusal)
		return
	}
	request.Workflow.Namespace = r.PathValue("namespace")
	request.Workflow.CreationTimestamp = metav1.NewTime(time.Now())
	made, err := s.Workflows.Create(r.Context(), request.Workflow, metav1.CreateOptions{})
	answer(w, made, err)
}

func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	list, err := s.Workflows.List(r.Context(), metav1.ListOptions{LabelSelector: r.URL.Query().Get("listOptions.labelSelector")})
	answer(w, list, err)
}

func (s *Server) get(w http.ResponseWriter, r *http.Request) {
	found, err := s.Workflows.Get(r.Context(), r.PathValue("name"), metav1.GetOptions{})
	answer(w, found, err)
}

func (s *Server) template(w http.ResponseWriter, r *http.Request) {
	found, err := s.Templates.Get(r.Context(), r.PathValue("name"), metav1.GetOptions{})
	answer(w, found, err)
}
