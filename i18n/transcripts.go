package i18n

import (
	"time"

	"parley/model"
)

// Synced says how a transcript stands in the CRM. moment says a time that is more than an
// hour ago.
func (w *Localizer) Synced(s model.Sync, now time.Time, moment func(time.Time) string) string {
	switch s.State {
	case model.SyncOff:
		return w.Say(SyncIsOff)
	case model.SyncWaiting:
		if s.Reason == model.CRMLimited { // there is nothing for the user to do
			return w.Say(SyncWaitsLimited)
		}
		return w.because(SyncWaits, SyncWaitsFor, s.Reason)
	case model.SyncFailed:
		return w.because(SyncFailed, SyncFailedFor, s.Reason)
	case model.SyncDone:
	}
	if s.At == nil {
		return w.Say(SyncedOnce)
	}
	switch ago := now.Sub(*s.At); {
	case ago < time.Minute:
		return w.Say(SyncedNow)
	case ago < time.Hour:
		return w.Say(SyncedMinutes, "N", int(ago/time.Minute))
	}
	return w.Say(SyncedAt, "Time", moment(*s.At))
}

// because says why, if there is a sentence for it. What failed because the CRM was away is
// retried automatically, while the sentence for that code tells the user to try again.
func (w *Localizer) because(alone, with ID, reason model.Code) string {
	if id := Code(string(reason)); reason != "" && reason != model.CRMUnavailable && w.Has(id) {
		return w.Say(with, "Why", w.Say(id))
	}
	return w.Say(alone)
}

// SyncedChange returns when [Localizer.Synced] will say something else just because time
// passes; zero: never.
func SyncedChange(s model.Sync, now time.Time) time.Time {
	if s.State != model.SyncDone || s.At == nil {
		return time.Time{}
	}
	ago := max(0, now.Sub(*s.At))
	if ago >= time.Hour {
		return time.Time{} // a day that goes by is seen with the next change
	}
	return s.At.Add(ago.Truncate(time.Minute) + time.Minute)
}

// AttachmentCalled returns the word for an attachment in a transcript: that for its kind
// or, if it is none that we know, what it is called there.
func (w *Localizer) AttachmentCalled(called model.Untrusted, line func(model.Untrusted) string) string {
	plain := line(called)
	if id := Attachment(plain); w.Has(id) {
		return w.Say(id)
	}
	return plain
}
