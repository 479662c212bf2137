// Package retry computes the backoff of retries.
package retry

import "time"

// Delay returns the backoff after that many failures: first after one, doubling with each more,
// and never longer than most.
func Delay(first, most time.Duration, tries int) time.Duration {
	d := first
	for range tries - 1 {
		if d = 2 * d; d >= most {
			return most
		}
	}
	return min(d, most)
}
