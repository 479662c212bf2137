package client

import "time"

// RetryPause draws the pause after one more failure.
func (s *Sync) RetryPause() time.Duration { return s.retryPause() }
