package model

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// A budget used up is an unavailable CRM to who does not ask which.
func TestCRMLimitIsUnavailable(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("call: %w", &CRMLimit{Until: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Daily: true})
	var limit *CRMLimit
	if !errors.Is(err, ErrCRMUnavailable) || !errors.As(err, &limit) || !limit.Daily || errors.Is(err, ErrCRMRefused) {
		t.Errorf("got %v", err)
	}
	if !strings.Contains(err.Error(), "of the day used up until 2026-03-01T00:00:00Z") {
		t.Errorf("worded %q", err)
	}
}
