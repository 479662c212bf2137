package stream

import "time"

// RetryPause draws the pause after one more failure.
func (s *Follower) RetryPause() time.Duration { return s.retryPause() }
