//go:build !linux

package term

import "os"

// reopened is not supported here: writes can't be cancelled.
func reopened(*os.File) *os.File { return nil }

// flush is not supported here: the output stays.
func (*console) flush() {}
