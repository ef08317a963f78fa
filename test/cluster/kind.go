package main

import "github.com/spf13/cobra"

func kindCommand() *cobra.Command { return &cobra.Command{Use: "kind", Hidden: true} }
