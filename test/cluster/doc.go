// Command cluster brings up a real Kubernetes with a real Argo Workflows on a bare Debian machine, for tests: no
// Docker, no registry, no virtual machine. See README.md.
//
// A component is one program of the cluster. The node is where they all run: a set of Linux namespaces whose process 1
// keeps them running. The machine is everything around it, and is left as it was when the cluster goes down.
package main
