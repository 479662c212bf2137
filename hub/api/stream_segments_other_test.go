//go:build !linux

package api_test

import "syscall"

func smallSegments(_, _ string, _ syscall.RawConn) error { return nil }
