package main

import (
	"encoding/base64"
	"fmt"
	"os"

	"sigs.k8s.io/yaml"

	"metronome/test/cluster/internal/kubeapi"
)

// clientFrom makes a client from the kubeconfig at path.
func clientFrom(path string) (*kubeapi.Client, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read kubeconfig: %w", err)
	}
	return clientOf(text)
}

// clientOf makes a client from a kubeconfig of one cluster and one user with certificates inside.
func clientOf(kubeconfig []byte) (*kubeapi.Client, error) {
	var parsed struct {
		Clusters []struct {
			Cluster struct {
				Server string `json:"server"`
				CA     string `json:"certificate-authority-data"`
			} `json:"cluster"`
		} `json:"clusters"`
		Users []struct {
			User struct {
				Cert string `json:"client-certificate-data"`
				Key  string `json:"client-key-data"`
			} `json:"user"`
		} `json:"users"`
	}
	if err := yaml.Unmarshal(kubeconfig, &parsed); err != nil {
		return nil, fmt.Errorf("parse kubeconfig: %w", err)
	}
	if len(parsed.Clusters) != 1 || len(parsed.Users) != 1 {
		return nil, fmt.Errorf("parse kubeconfig: %d clusters and %d users", len(parsed.Clusters), len(parsed.Users))
	}
	cluster, user := parsed.Clusters[0].Cluster, parsed.Users[0].User
	var pem [3][]byte
	for i, text := range []string{cluster.CA, user.Cert, user.Key} {
		var err error
		if pem[i], err = base64.StdEncoding.DecodeString(text); err != nil {
			return nil, fmt.Errorf("decode kubeconfig: %w", err)
		}
	}
	return kubeapi.New(cluster.Server, pem[0], pem[1], pem[2])
}
