package model

import "time"

// FutureSlack is how much later than it came an event may say it happened: clocks differ.
const FutureSlack = 5 * time.Minute

// EventTime is the time that counts for what happened by another's clock, wherever it
// sets or orders anything: a later time than that of its receipt, but for [FutureSlack],
// is a mistake, and so is one before 1970. Then the receipt's counts.
func EventTime(at, receipt time.Time) time.Time {
	if at.Unix() <= 0 || at.After(receipt.Add(FutureSlack)) {
		return receipt
	}
	return at
}
