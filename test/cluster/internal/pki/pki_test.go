package pki_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net/netip"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"metronome/test/cluster/internal/layout"
	"metronome/test/cluster/internal/pki"
)

var now = time.Date(2026, 12, 1, 6, 0, 0, 0, time.UTC)

func TestIssue(t *testing.T) {
	t.Parallel()
	authority, err := pki.NewAuthority("authority", now)
	require.NoError(t, err)
	tests := []struct {
		name    string
		subject pki.Subject
		usages  []x509.ExtKeyUsage
	}{
		{
			name:    "client",
			subject: pki.Subject{User: "system:node:node", Groups: []string{"system:nodes"}},
			usages:  []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		},
		{
			name:    "server",
			subject: pki.Subject{User: "api", Names: []string{"kubernetes"}, Addresses: []netip.Addr{netip.MustParseAddr("10.96.0.1")}},
			usages:  []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			pair, err := authority.Issue(test.subject, now)
			require.NoError(t, err)
			_, err = tls.X509KeyPair(pair.Cert, pair.Key)
			require.NoError(t, err)

			cert := parse(t, pair.Cert)
			require.Equal(t, test.subject.User, cert.Subject.CommonName)
			require.Equal(t, test.subject.Groups, cert.Subject.Organization)
			require.Equal(t, test.usages, cert.ExtKeyUsage)
			require.False(t, cert.IsCA)
			_, err = cert.Verify(x509.VerifyOptions{Roots: pool(t, authority.Cert), CurrentTime: now, KeyUsages: test.usages})
			require.NoError(t, err)
		})
	}
}

func TestServingCertificatesAreTrusted(t *testing.T) {
	t.Parallel()
	l := layout.Of(t.TempDir())
	require.NoError(t, pki.Write(l, now))
	read := func(name string) []byte {
		data, err := os.ReadFile(l.PKI(name))
		require.NoError(t, err)
		return data
	}
	roots := pool(t, read("ca.crt"))
	api := parse(t, read("apiserver.crt"))
	for _, name := range []string{"kubernetes.default.svc.cluster.local", "10.96.0.1", "127.0.0.1", l.Node.String()} {
		_, err := api.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: now, DNSName: name})
		require.NoError(t, err, name)
	}
	_, err := parse(t, read("front-proxy.crt")).Verify(x509.VerifyOptions{
		Roots: roots, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	require.Error(t, err, "the front proxy has an authority of its own")
}

func TestKeysAreForTheOwnerOnly(t *testing.T) {
	t.Parallel()
	l := layout.Of(t.TempDir())
	require.NoError(t, pki.Write(l, now))
	info, err := os.Stat(l.PKI("ca.key"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func parse(t *testing.T, text []byte) *x509.Certificate {
	t.Helper()
	block, _ := pem.Decode(text)
	require.NotNil(t, block)
	cert, err := x509.ParseCertificate(block.Bytes)
	require.NoError(t, err)
	return cert
}

func pool(t *testing.T, text []byte) *x509.CertPool {
	t.Helper()
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(text))
	return roots
}
