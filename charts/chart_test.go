package charts_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/lint"
	"helm.sh/helm/v3/pkg/lint/support"
	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/yaml"

	wfv1 "github.com/argoproj/argo-workflows/v3/pkg/apis/workflow/v1alpha1"
	"github.com/argoproj/argo-workflows/v3/workflow/validate"

	"metronome/internal/config"
	"metronome/workflows"
)

func TestLint(t *testing.T) {
	t.Parallel()
	for _, setup := range setups(t) {
		for _, message := range lint.All(folder, valuesOf(t, setup), "metronome", true).Messages {
			require.LessOrEqual(t, message.Severity, support.InfoSev, "%s: %s", setup, message)
		}
	}
}

// The chart may change images and labels by itself; everything else only when its values say so.
func TestRendersTheManifestsAsTheyAre(t *testing.T) {
	t.Parallel()
	rendered := render(t, valuesOf(t, "minimal"), "metronome")
	names, err := fs.Glob(workflows.Files, "*.yaml")
	require.NoError(t, err)
	for _, name := range names {
		raw, err := fs.ReadFile(workflows.Files, name)
		require.NoError(t, err)
		var want object
		require.NoError(t, yaml.Unmarshal(raw, &want))
		got := rendered[want.id()]
		require.NotNil(t, got, name)
		for key, value := range want.metadata()["labels"].(map[string]any) {
			require.Equal(t, value, got.metadata()["labels"].(map[string]any)[key])
		}
		strip(want)
		strip(got)
		require.Equal(t, want, got, name)
	}
}

// strip removes what the chart sets in any case.
func strip(o object) {
	delete(o.metadata(), "labels")
	spec, _ := o["spec"].(map[string]any)
	templates, _ := spec["templates"].([]any)
	for _, one := range templates {
		if container, ok := one.(map[string]any)["container"].(map[string]any); ok {
			delete(container, "image")
			delete(container, "imagePullPolicy")
		}
	}
}

type library map[string]*wfv1.WorkflowTemplate

func (l library) Get(name string) (*wfv1.WorkflowTemplate, error) {
	if found, ok := l[name]; ok {
		return found, nil
	}
	return nil, fmt.Errorf("no WorkflowTemplate %q", name)
}

func TestArgoAcceptsWhatIsRendered(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, objects map[string]object) {
		all := library{}
		for _, one := range objects {
			if one.kind() == "WorkflowTemplate" {
				template := into[wfv1.WorkflowTemplate](t, one)
				all[template.Name] = &template
			}
		}
		require.Len(t, all, 3)
		for _, one := range all {
			require.NoError(t, validate.ValidateWorkflowTemplate(all, nil, one, nil, validate.ValidateOpts{Lint: true}))
		}
		if one, ok := objects["CronWorkflow/replicate-period"]; ok {
			schedule := into[wfv1.CronWorkflow](t, one)
			require.NoError(t, validate.ValidateCronWorkflow(t.Context(), all, nil, &schedule, nil))
		}
	})
}

func TestConfigurationIsAccepted(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, objects map[string]object) {
		text := objects["ConfigMap/metronome-config"]["data"].(map[string]any)["metronome.yaml"].(string)
		c, err := config.Parse("/etc/metronome/metronome.yaml", []byte(text))
		require.NoError(t, err, text)
		require.Equal(t, "/etc/metronome-rclone/rclone.conf", c.Rclone)
		semaphores := objects["ConfigMap/metronome-semaphores"]["data"].(map[string]any)
		require.Len(t, semaphores, len(c.Pools))
		for name, pool := range c.Pools {
			require.Equal(t, strconv.Itoa(pool.MaxWorkers), semaphores[name])
		}
	})
}

// Nothing may be shared between namespaces, nor outlive `helm uninstall`.
func TestInstallationsKeepToTheirNamespace(t *testing.T) {
	t.Parallel()
	cluster := map[string]bool{"ClusterRole": true, "ClusterRoleBinding": true, "CustomResourceDefinition": true, "Namespace": true,
		"PriorityClass": true, "PersistentVolume": true, "ClusterWorkflowTemplate": true}
	each(t, func(t *testing.T, objects map[string]object) {
		for _, one := range objects {
			require.False(t, cluster[one.kind()], one.id())
			require.NotContains(t, one.metadata(), "namespace", one.id())
			annotations, _ := one.metadata()["annotations"].(map[string]any)
			for _, lasting := range []string{"helm.sh/hook", "helm.sh/resource-policy"} {
				require.NotContains(t, annotations, lasting, one.id())
			}
		}
	})
}

func TestAccountsMayDoNoMoreThanTheyMust(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, objects map[string]object) {
		creators := map[string]bool{}
		for _, one := range objects {
			if one.kind() == "ClusterRole" || one.kind() != "Role" {
				continue
			}
			for _, rule := range into[rbacv1.Role](t, one).Rules {
				require.Equal(t, []string{"argoproj.io"}, rule.APIGroups)
				require.NotContains(t, rule.Verbs, "*")
				require.NotContains(t, rule.Verbs, "delete")
				for _, resource := range rule.Resources {
					if resource == "workflows" {
						creators[one.name()] = true
					}
				}
			}
		}
		delete(creators, "metronome-operator") // there is one only where the values name operators
		require.Equal(t, map[string]bool{"metronome-pulse": true, "metronome-launcher": true, "metronome-submitter": true}, creators)
		require.NotContains(t, objects, "RoleBinding/metronome-step")
	})
}

func TestSettingsReachTheSteps(t *testing.T) {
	t.Parallel()
	objects := render(t, valuesOf(t, "irsa"), "metronome")
	batch := into[wfv1.WorkflowTemplate](t, objects["WorkflowTemplate/replicate-batch"])
	upload := batch.GetTemplateByName("upload")
	const registry = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/acme/"
	require.Equal(t, registry+"metronome-upload@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
		upload.Container.Image)
	require.Equal(t, registry+"metronome-folders:0.1.0", batch.GetTemplateByName("folders").Container.Image)
	require.Equal(t, "2Gi", upload.Container.Resources.Limits.Memory().String())
	require.Equal(t, "512Mi", batch.GetTemplateByName("folders").Container.Resources.Limits.Memory().String())
	require.Equal(t, "HTTPS_PROXY", upload.Container.Env[len(upload.Container.Env)-1].Name)
	require.Equal(t, "batch", batch.Spec.NodeSelector["workload"])
	require.Len(t, batch.Spec.Tolerations, 1)
	require.Equal(t, "registry", batch.Spec.ImagePullSecrets[0].Name)
	run := into[wfv1.WorkflowTemplate](t, objects["WorkflowTemplate/replicate-period"])
	require.Equal(t, "America/New_York", run.Spec.Arguments.GetParameterByName("timezone").Value.String())
	require.EqualValues(t, 86400, *run.Spec.TTLStrategy.SecondsAfterSuccess)
	schedule := into[wfv1.CronWorkflow](t, objects["CronWorkflow/replicate-period"])
	require.Equal(t, []string{"5 0 1 * *", "5 0 15 * *"}, schedule.Spec.Schedules)
	require.Equal(t, "America/New_York", schedule.Spec.WorkflowSpec.Arguments.GetParameterByName("timezone").Value.String())
	require.Contains(t, objects, "Role/metronome-operator")
	require.Contains(t, objects, "NetworkPolicy/metronome")
	require.Contains(t, objects, "PrometheusRule/metronome")
	panels := objects["ConfigMap/metronome-dashboard"]["data"].(map[string]any)["metronome.json"].(string)
	require.True(t, json.Valid([]byte(panels)))
}

func TestAFileLedgerIsMountedWhereItsURLSays(t *testing.T) {
	t.Parallel()
	objects := render(t, valuesOf(t, "volume"), "metronome")
	for _, name := range []string{"replicate-period", "pace-pool", "replicate-batch"} {
		for _, one := range into[wfv1.WorkflowTemplate](t, objects["WorkflowTemplate/"+name]).Spec.Templates {
			if one.Container == nil {
				continue
			}
			mount := one.Container.VolumeMounts[len(one.Container.VolumeMounts)-1]
			require.Equal(t, "/var/lib/metronome", mount.MountPath)
			require.Equal(t, "ledger", one.Volumes[len(one.Volumes)-1].PersistentVolumeClaim.ClaimName)
		}
	}
	require.NotContains(t, objects, "CronWorkflow/replicate-period")
	require.NotContains(t, objects, "WorkflowEventBinding/replicate-period")
}

func TestAFileLedgerNeedsAVolumeAndTheOtherWayRound(t *testing.T) {
	t.Parallel()
	for want, ledger := range map[string]map[string]any{
		"set ledger.volumeClaim as well":           {"url": "file:///ledger"},
		"like file:///ledger, where":               {"url": "file:ledger", "volumeClaim": "ledger"},
		"ledger.url must name a folder from the r": {"url": "s3://ledger", "volumeClaim": "ledger"},
	} {
		values := valuesOf(t, "minimal")
		values["ledger"] = ledger
		_, err := tryRender(t, values, "metronome")
		require.ErrorContains(t, err, want)
	}
}

func TestSecretsAreNamedByTheInstallation(t *testing.T) {
	t.Parallel()
	objects := render(t, valuesOf(t, "second"), "test")
	batch := into[wfv1.WorkflowTemplate](t, objects["WorkflowTemplate/replicate-batch"])
	upload := batch.GetTemplateByName("upload")
	require.Equal(t, "test-rclone-{{inputs.parameters.pool}}", upload.Volumes[1].Secret.SecretName)
	require.Equal(t, "test-ledger", upload.Container.EnvFrom[0].SecretRef.Name)
	require.Equal(t, "metronome-upload:0.2.0-rc.1", upload.Container.Image)
	require.True(t, into[wfv1.CronWorkflow](t, objects["CronWorkflow/replicate-period"]).Spec.Suspend)
}

func TestUnknownAndWrongValuesAreRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"legder: {url: s3://b}":                              "additional properties 'legder' not allowed",
		"pools: {box: {provider: box, rps: 3}}":              "additional properties 'rps' not allowed",
		"pools: {box: {provider: bx}}":                       "/pools/box/provider",
		"pools: {Box: {provider: box}}":                      "invalid propertyName 'Box'",
		"ledger: {url: ''}":                                  "/ledger/url",
		"image: {tag: latest}":                               "/image/tag",
		"image: {digests: {upload: latest}}":                 "/image/digests/upload",
		"schedule: {schedule: '5 0 1 * *'}":                  "additional properties 'schedule' not allowed",
		"resources: {uploads: {}}":                           "additional properties 'uploads' not allowed",
		"access: {operators: [{kind: Robot, name: r}]}":      "/access/operators/0/kind",
		"beat: {min: 5}":                                     "/beat/min",
		"networkPolicy: {enabled: true, egressPorts: [''] }": "/networkPolicy/egressPorts/0",
	} {
		values := valuesOf(t, "minimal")
		wrong, err := chartutil.ReadValues([]byte(text))
		require.NoError(t, err)
		_, err = tryRender(t, chartutil.CoalesceTables(wrong, values), "metronome")
		require.ErrorContains(t, err, want, text)
	}
}

func TestNothingIsInstalledWithoutLedgerAndPools(t *testing.T) {
	t.Parallel()
	_, err := tryRender(t, chartutil.Values{}, "metronome")
	require.ErrorContains(t, err, "/ledger/url")
	require.ErrorContains(t, err, "/pools")
}

func readSchema(t *testing.T, path string) map[string]any {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	var schema map[string]any
	require.NoError(t, json.Unmarshal(text, &schema))
	return schema
}

// Every value has a comment above it, and every value is in the schema.
func TestValuesAreExplained(t *testing.T) {
	t.Parallel()
	schema := readSchema(t, filepath.Join(folder, "values.schema.json"))["properties"].(map[string]any)
	delete(schema, "global") // Helm's own
	for key := range loadChart(t).Values {
		require.Contains(t, schema, key)
		delete(schema, key)
	}
	require.Empty(t, schema)
	text, err := os.ReadFile(filepath.Join(folder, "values.yaml"))
	require.NoError(t, err)
	lines := bytes.Split(text, []byte("\n"))
	for i, line := range lines {
		if len(line) > 0 && line[0] >= 'a' && line[0] <= 'z' {
			require.True(t, bytes.HasPrefix(lines[i-1], []byte("#")), "%s", line)
		}
	}
}

// What is packaged holds the manifests themselves, not links to them.
func TestPackage(t *testing.T) {
	t.Parallel()
	pack := action.NewPackage()
	pack.Destination = t.TempDir()
	archive, err := pack.Run(folder, nil)
	require.NoError(t, err)
	packed, err := loader.Load(archive)
	require.NoError(t, err)
	var files []string
	for _, file := range packed.Files {
		files = append(files, file.Name)
	}
	require.Contains(t, files, "workflows/replicate-period.yaml")
	require.NotContains(t, files, "workflows/workflows.go")
	require.NotContains(t, files, "ci/minimal-values.yaml")
}
