package limits

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"parley/hub/messenger/meta"
)

// maxRetryAfter is the longest wait that we believe: Meta's limits count over a rolling day at
// most.
//
// Source: Graph API, "Rate limits".
const maxRetryAfter = 24 * time.Hour

const usageHeader = "X-Business-Use-Case-Usage"

// RetryAfter returns how long to wait before the next call: the longest time that the usage
// header names for the object, or for all objects if it does not name this one, otherwise
// Retry-After; 0 if neither names a time.
func RetryAfter(h http.Header, object string, now time.Time) time.Duration {
	if d := regainAccess(h.Get(usageHeader), object); d > 0 {
		return d
	}
	value := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(value); err == nil {
		return bounded(float64(seconds), time.Second)
	}
	if at, err := http.ParseTime(value); err == nil {
		return bounded(at.Sub(now).Seconds(), time.Second)
	}
	return 0
}

// regainAccess reads the usage header; its times are in minutes.
func regainAccess(header, object string) time.Duration {
	type usage struct {
		Minutes meta.Number `json:"estimated_time_to_regain_access"`
	}
	var all map[string][]usage
	if header == "" || json.Unmarshal([]byte(header), &all) != nil {
		return 0
	}
	if mine, ok := all[object]; ok {
		all = map[string][]usage{object: mine}
	}
	var longest float64
	for _, usages := range all {
		for _, u := range usages {
			longest = max(longest, u.Minutes.Value)
		}
	}
	return bounded(longest, time.Minute)
}

func bounded(n float64, unit time.Duration) time.Duration {
	if n <= 0 {
		return 0
	}
	if n > float64(maxRetryAfter/unit) {
		return maxRetryAfter
	}
	return time.Duration(n * float64(unit))
}
