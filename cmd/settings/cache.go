package settings

import "errors"

var errCache = errors.New("cache_ttl: must be a duration such as 12h, or 0s to keep nothing")

// checkCache refuses a time to live below zero.
func checkCache(s Settings) error {
	if s.CacheTTL < 0 {
		return errCache
	}
	return nil
}
