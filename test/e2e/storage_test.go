//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"strings"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"

	"metronome/internal/ledger"
	"metronome/test/s3server"
	"metronome/test/simulator"
)

// Images that are no part of the product.
const (
	simulatorImage = "metronome-simulator:0.1.0"
	gatewayImage   = "versitygw:0.1.0"
)

// Ports of the storage pod. The providers' follow on one another.
const (
	adminPort    = 8080
	providerPort = 8100
	ledgerPort   = 9000
)

// imageUser runs the programs of images that the packer made.
const imageUser = 65532

const (
	storageName = "storage"
	bucket      = "ledger"
)

// startStorage runs the simulated providers and the ledger's S3 server, and connects the site to both.
func (s *site) startStorage() {
	s.t.Helper()
	ctx := s.t.Context()
	core := s.kube.CoreV1()
	_, err := core.ConfigMaps(s.namespace).Create(ctx, &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Name: storageName}, Data: map[string]string{"profile.yaml": s.profile()},
	}, metav1.CreateOptions{})
	require.NoError(s.t, err)
	_, err = core.Pods(s.namespace).Create(ctx, storagePod(), metav1.CreateOptions{})
	require.NoError(s.t, err)
	service, err := core.Services(s.namespace).Create(ctx, s.storageService(), metav1.CreateOptions{})
	require.NoError(s.t, err)
	eventually(s.t, "the storage pod", func(ctx context.Context) (bool, error) {
		pod, err := core.Pods(s.namespace).Get(ctx, storageName, metav1.GetOptions{})
		return err == nil && ready(pod), err
	})
	s.providers = simulator.NewClient(s.outerAddress(service, "admin"))
	server := &s3server.Server{
		Endpoint: s.outerAddress(service, "ledger"), AccessKey: s3server.AccessKey, SecretKey: s3server.SecretKey, Region: s3server.Region,
	}
	eventually(s.t, "the ledger's bucket", func(ctx context.Context) (bool, error) {
		return true, server.CreateBucket(ctx, bucket)
	})
	s.outerLedgerURL = ledgerURL(server.Endpoint)
	s.ledger, err = ledger.Open(ctx, s.outerLedgerURL)
	require.NoError(s.t, err)
}

func ready(pod *corev1.Pod) bool {
	for _, condition := range pod.Status.Conditions {
		if condition.Type == corev1.PodReady {
			return condition.Status == corev1.ConditionTrue
		}
	}
	return false
}

// profile makes a WebDAV provider of each pool. Its quota is the pool's, with some more burst: requests that were sent apart may
// arrive together.
func (s *site) profile() string {
	var out strings.Builder
	fmt.Fprintf(&out, "admin: \":%d\"\nproviders:\n", adminPort)
	for i, p := range s.pools {
		fmt.Fprintf(&out, "  - name: %s\n    kind: webdav\n    listen: \":%d\"\n    limits: [{requestsPerSecond: %d, burst: %d}]\n",
			p.name, providerPort+i, p.rate, p.burst+p.rate/5+2)
		fmt.Fprintf(&out, "    latency: {p50: 5ms, p99: 30ms}\n")
	}
	return out.String()
}

// rcloneConfig is a pool's remote, as its workers reach it.
func (s *site) rcloneConfig(i int) string {
	return fmt.Sprintf("[%s]\ntype = webdav\nvendor = other\nurl = http://%s.%s.svc:%d\n",
		s.pools[i].name, storageName, s.namespace, providerPort+i)
}

func ledgerURL(endpoint string) string {
	return fmt.Sprintf("s3://%s?region=%s&endpoint=%s&pathStyle=true", bucket, s3server.Region, endpoint)
}

// innerLedgerURL is the ledger as pods reach it.
func (s *site) innerLedgerURL() string {
	return ledgerURL(fmt.Sprintf("http://%s.%s.svc:%d", storageName, s.namespace, ledgerPort))
}

// outerAddress is a port of the storage service as the tests reach it.
func (s *site) outerAddress(service *corev1.Service, port string) string {
	for _, p := range service.Spec.Ports {
		if p.Name == port {
			return fmt.Sprintf("http://%s:%d", s.node, p.NodePort)
		}
	}
	require.FailNow(s.t, "no such port", port)
	return ""
}

func (s *site) storageService() *corev1.Service {
	ports := []corev1.ServicePort{{Name: "admin", Port: adminPort}, {Name: "ledger", Port: ledgerPort}}
	for i, p := range s.pools {
		ports = append(ports, corev1.ServicePort{Name: p.name, Port: int32(providerPort + i)})
	}
	return &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: storageName},
		Spec: corev1.ServiceSpec{
			Type: corev1.ServiceTypeNodePort, Selector: map[string]string{"app": storageName}, Ports: ports,
		},
	}
}

func storagePod() *corev1.Pod {
	empty := func(name string) corev1.Volume {
		return corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}}
	}
	profile := corev1.Volume{Name: "profile", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{
		LocalObjectReference: corev1.LocalObjectReference{Name: storageName},
	}}}
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: storageName, Labels: map[string]string{"app": storageName}},
		Spec: corev1.PodSpec{
			SecurityContext: &corev1.PodSecurityContext{FSGroup: ptr.To(int64(imageUser))},
			Volumes:         []corev1.Volume{empty("providers"), empty("ledger"), empty("tmp"), profile},
			Containers: []corev1.Container{{
				Name: "providers", Image: simulatorImage, ImagePullPolicy: corev1.PullNever,
				Args:           []string{"--profile", "/etc/simulator/profile.yaml", "--data", "/providers", "--counts", "/tmp/counts.json"},
				VolumeMounts:   mounts("providers", "/providers", "profile", "/etc/simulator", "tmp", "/tmp"),
				ReadinessProbe: probe("/healthz", adminPort),
			}, {
				Name: "ledger", Image: gatewayImage, ImagePullPolicy: corev1.PullNever,
				Args: []string{
					"--port", fmt.Sprintf(":%d", ledgerPort), "--health", "/healthz", "--region", s3server.Region, "--keep-alive",
					"--quiet", "posix", "/ledger",
				},
				Env: []corev1.EnvVar{
					{Name: "ROOT_ACCESS_KEY_ID", Value: s3server.AccessKey}, {Name: "ROOT_SECRET_ACCESS_KEY", Value: s3server.SecretKey},
				},
				VolumeMounts:   mounts("ledger", "/ledger", "tmp", "/tmp"),
				ReadinessProbe: probe("/healthz", ledgerPort),
			}},
		},
	}
}

// mounts takes names and paths in turn.
func mounts(pairs ...string) []corev1.VolumeMount {
	var list []corev1.VolumeMount
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, corev1.VolumeMount{Name: pairs[i], MountPath: pairs[i+1]})
	}
	return list
}

func probe(path string, port int) *corev1.Probe {
	return &corev1.Probe{
		ProbeHandler: corev1.ProbeHandler{
			HTTPGet: &corev1.HTTPGetAction{Path: path, Port: intstr.FromInt32(int32(port))},
		},
		PeriodSeconds: 1, TimeoutSeconds: 5, FailureThreshold: 60,
	}
}
