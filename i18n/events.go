package i18n

import "parley/model"

// Event names the sentence for what happened in a conversation.
func Event(kind string) ID { return ID("event_" + kind) }

// Attachment names the word for a kind of attachment.
func Attachment(kind string) ID { return ID("attachment_" + kind) }

// Booking names the word for how an appointment stands.
func Booking(status string) ID { return ID("booking_" + status) }

// Happened says what a message tells besides its text: one sentence for each thing, and at
// least one. line makes what others wrote fit for where it is shown.
func (w *Localizer) Happened(n model.Notable, line func(model.Untrusted) string) []string {
	if n.Kind == model.EventReferral {
		return []string{w.cameBy(n.Entry, line)}
	}
	out := []string{w.happened(n, line)}
	if n.Entry != nil {
		out = append(out, w.cameBy(n.Entry, line))
	}
	return out
}

func (w *Localizer) happened(n model.Notable, line func(model.Untrusted) string) string {
	kind := string(n.Kind)
	switch n.Kind {
	case model.EventOptin:
		return w.optin(n, line)
	case model.EventThreadControl:
		for _, id := range []ID{Event(kind + "_" + n.Action + "_" + string(n.Owner)), Event(kind + "_" + n.Action)} {
			if w.Has(id) {
				return w.Say(id)
			}
		}
		return w.Say(Event(kind))
	case model.EventAccountLinking:
		if id := Event(kind + "_" + n.Action); w.Has(id) {
			return w.Say(id)
		}
		return w.Say(Event(kind))
	case model.EventRecord:
		return w.record(n, line)
	case model.EventOrder, model.EventFeedback, model.EventCommand, model.EventAdminText:
		return w.of(Event(kind), n, line)
	case model.EventUnknown:
		if n.Payload == "" && n.Action != "message" {
			n.Payload = model.Untrusted(n.Action)
		}
		return w.of(Event(kind), n, line)
	case model.EventQuickReply, model.EventPostback, model.EventReferral:
	}
	if id := Event(kind); w.Has(id) {
		return w.Say(id)
	}
	return w.Say(Event(string(model.EventUnknown)))
}

// record says what was done to a record of the CRM, or to a link to it.
func (w *Localizer) record(n model.Notable, line func(model.Untrusted) string) string {
	id := Event(string(n.Kind) + "_" + n.Action)
	if n.Record == nil || !w.Has(id) {
		return w.Say(Event(string(n.Kind)))
	}
	stage := line(n.Payload)
	if n.Action == model.ActionStage && stage == "" {
		id += "_unnamed"
	}
	return w.Say(id, "Title", line(n.Record.Title), "Stage", stage)
}

// of says the sentence with what it is about, if that is known, and without it otherwise.
func (w *Localizer) of(id ID, n model.Notable, line func(model.Untrusted) string) string {
	if what, of := line(n.Payload), id+"_of"; what != "" && w.Has(of) {
		return w.Say(of, "What", what)
	}
	return w.Say(id)
}

// optin says what the customer agreed to, or no longer agrees to.
func (w *Localizer) optin(n model.Notable, line func(model.Untrusted) string) string {
	switch n.Action {
	case "notification_messages":
		return w.of(Event("optin_notifications"), n, line)
	case "notification_messages_stop":
		return w.of(Event("optin_stop"), n, line)
	case "notification_messages_resume":
		return w.of(Event("optin_resume"), n, line)
	case "one_time_notif_req":
		return w.of(Event("optin_one_time"), n, line)
	}
	if what := line(n.Payload); what != "" {
		return w.Say(EventOptinPlugin, "What", what)
	}
	return w.Say(Event(string(model.EventOptin)))
}

// cameBy says how a customer came in.
func (w *Localizer) cameBy(e *model.Entry, line func(model.Untrusted) string) string {
	if e == nil {
		return w.Say(Event(string(model.EventReferral)))
	}
	ref, title := line(e.Ref), line(e.Title)
	switch {
	case e.Source == model.SourceAds && title != "":
		return w.Say(EventReferralAd, "Title", title)
	case e.Source == model.SourceAds:
		return w.Say(EventReferralAdUnnamed)
	case e.Source == model.SourceShop:
		return w.Say(EventReferralShop, "Ref", ref)
	case e.Source == model.SourceCheckbox:
		return w.Say(EventReferralCheckbox)
	case ref != "":
		return w.Say(EventReferralLink, "Ref", ref)
	case e.Source == model.SourceShortlink:
		return w.Say(EventReferralLinkUnnamed)
	}
	return w.Say(Event(string(model.EventReferral)))
}

// AttachmentWord returns the word for what an attachment is.
func (w *Localizer) AttachmentWord(a model.Attachment) string {
	kind := a.Type
	switch {
	case a.Like():
		kind = "like"
	case kind == model.AudioFile && a.Title == "": // files have names
		return w.Say(AttachmentVoice)
	}
	if id := Attachment(kind); w.Has(id) {
		return w.Say(id)
	}
	return w.Say(Attachment("other"))
}

// FeedbackOn says how a customer rated one of our messages; said is Meta's word for it.
//
// Source: Messenger Platform, "response_feedback".
func (w *Localizer) FeedbackOn(said model.Untrusted, line func(model.Untrusted) string) string {
	switch said {
	case "Good response":
		return w.Say(FeedbackGood)
	case "Bad response":
		return w.Say(FeedbackBad)
	}
	return w.Say(FeedbackWas, "Words", line(said))
}
