package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

func killCommand() *cobra.Command {
	var container, signal string
	cmd := &cobra.Command{
		Use:   "kill NAMESPACE POD",
		Short: "Signal the main process of a pod's container, as a crash or the kernel's out-of-memory killer would",
		Args:  cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			l, err := currentLayout()
			if err != nil {
				return err
			}
			filter := fmt.Sprintf(`labels."io.kubernetes.pod.namespace"==%s,labels."io.kubernetes.pod.name"==%s,`+
				`labels."io.kubernetes.container.name"==%s`, args[0], args[1], container)
			var ids bytes.Buffer
			ctr := []string{"ctr", "--namespace", "k8s.io"}
			find := append(ctr, "containers", "ls", "--quiet", filter)
			if err := inside(cmd.Context(), l, &ids, cmd.ErrOrStderr(), find...); err != nil {
				return err
			}
			id := strings.TrimSpace(ids.String())
			if id == "" || strings.Contains(id, "\n") {
				return fmt.Errorf("find container %s of pod %s/%s: found %q", container, args[0], args[1], id)
			}
			kill := append(ctr, "tasks", "kill", "--signal", signal, id)
			return inside(cmd.Context(), l, cmd.OutOrStdout(), cmd.ErrOrStderr(), kill...)
		},
	}
	cmd.Flags().StringVar(&container, "container", "main", "the container")
	cmd.Flags().StringVar(&signal, "signal", "SIGKILL", "the signal")
	return cmd
}
