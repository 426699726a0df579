//go:build tools

// Package provider pins the Docker provider of Terraform: its module names itself by a path that is not
// where it lives, so `go install` cannot fetch it and a module of our own with a replace can.
package provider

import _ "github.com/terraform-providers/terraform-provider-docker"
