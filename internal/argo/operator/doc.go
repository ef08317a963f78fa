// Package operator is what a person at a terminal asks of Argo: submit a run, and see how runs stand. It uses Argo's own API
// client, so a kubeconfig and the variables of the `argo` CLI (ARGO_SERVER, ARGO_TOKEN, ARGO_NAMESPACE and so on) both work.
package operator
