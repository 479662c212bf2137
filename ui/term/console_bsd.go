//go:build unix && !linux

package term

// drop would throw away what the terminal has not taken yet; what waits, waits here.
func (*console) drop() {}
