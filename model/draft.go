package model

import "time"

// Draft is a reply that is being written.
type Draft struct {
	Text      Untrusted `json:"text"`
	UpdatedAt time.Time `json:"updated_at"`
}
