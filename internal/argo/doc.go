// Package argo is all that the pacing loop knows of Argo: how a worker becomes a Workflow, which workers live, and whether a
// run was stopped. It speaks through the plain Kubernetes client of Argo's types; the operator's side, which may also go
// through Argo Server, is in the package below.
//
// A worker Workflow is made from the WorkflowTemplate replicate-batch. Its name follows from the worker's, so starting a
// worker twice makes one Workflow; its owner is the pool's Workflow, so it is cleaned up with it.
package argo
