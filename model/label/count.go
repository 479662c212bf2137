package label

// Count is a label with how many conversations have it.
type Count struct {
	// Label is as most of the conversations have it.
	Label string `json:"label"`
	Count int    `json:"count" doc:"conversations that have it"`
}
