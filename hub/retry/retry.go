// Package retry says how long what failed waits until it is tried again.
package retry

import "time"

// Delay is how long to wait after that many tries failed: first after one, twice as long
// after each more, and never longer than most.
func Delay(first, most time.Duration, tries int) time.Duration {
	d := first
	for range tries - 1 {
		if d = 2 * d; d >= most {
			return most
		}
	}
	return min(d, most)
}
