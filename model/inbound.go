package model

import (
	"fmt"
	"log/slog"
	"time"
)

// PageEntry is the part of a webhook POST that concerns one Page.
type PageEntry struct {
	Page   MetaPageID
	Events []Inbound
}

// Inbound is one event of a webhook.
type Inbound struct {
	// Key is the same for every delivery of this event and differs from every other event of
	// the Page: "mid:…" for a message or postback, "sha:…" else.
	Key string
	// Raw is the event as it came.
	Raw []byte
	// Name is Meta's key of the event: message, postback, reaction, …
	Name string
	// Customer is the customer it is about; empty for an event about the Page.
	Customer PSID
	// At is Meta's time of the event.
	At time.Time
	// Standby: another app has the thread; we only listen.
	Standby bool
	// Foreign: its recipient is not the Page, or its sender can't have done it. It does not
	// belong to the Page: Customer is empty and the event has no effect.
	Foreign bool
	// FromPage: the Page did it, not the customer.
	FromPage bool
	// Event is what happened; nil if we don't understand it.
	Event Event
}

// Event is what happened: one of the types below.
type Event interface{ isEvent() }

type (
	// CustomerMessage says that the customer wrote.
	CustomerMessage struct {
		MID         MID
		Text        Untrusted
		Attachments []Attachment
		ReplyTo     MID
		// QuickReply is the payload of the quick reply they chose.
		QuickReply *Untrusted
		// Command is the command they used, without its slash; several are separated by commas.
		Command  Untrusted
		Referral *Entry
		// Unsupported: Meta, or we, can't show its content.
		Unsupported bool
	}
	// Echo says that the Page wrote, from here or elsewhere.
	Echo struct {
		MID         MID
		AppID       AppID
		Metadata    string
		Text        Untrusted
		Attachments []Attachment
		ReplyTo     MID
		// Holds is Meta's word for the content if there is nothing else to show; it may still
		// be empty.
		Holds string
	}
	// Postback says that the customer pressed a button or Get Started.
	Postback struct {
		MID      MID // may be empty
		Title    Untrusted
		Payload  Untrusted
		Referral *Entry
	}
	// Referral says that the customer came into the thread by a link or an ad.
	Referral struct{ Entry Entry }
	// Reacted says that a reaction was set, changed or taken back.
	Reacted struct {
		Target  MID
		By      AuthorKind // customer or page
		Removed bool
		Kind    string
		Emoji   Untrusted
	}
	// Edit says that the customer changed a message.
	Edit struct {
		Target MID
		Text   Untrusted
		Number int // 1 for the first edit
	}
	// Unsend says that a message was taken back.
	Unsend struct{ Target MID }
	// DeliveredUpTo says that messages of the Page reached the customer's device.
	DeliveredUpTo struct {
		MIDs      []MID
		Watermark time.Time
	}
	// ReadUpTo says that the customer read what the Page sent up to then.
	ReadUpTo struct{ Watermark time.Time }
	// Feedback says that the customer rated one of the Page's messages.
	Feedback struct {
		Target MID
		Words  Untrusted
	}
	// Optin says that the customer agreed to something through a plugin or a request.
	Optin struct {
		// Plugin: a plugin's opt-in, which opens the reply window.
		Plugin bool
		Type   string
		Ref    Untrusted
		// Title names what they agreed to receive.
		Title Untrusted
		// Status is "stop" or "resume" where they changed their mind about it.
		Status string
	}
	// ThreadControl says that the thread passed between apps, or that an app asks for it.
	ThreadControl struct {
		Action string // pass, take, request, release
		Owner  AppID  // the new owner, or the app that asks; empty: nobody
	}
	// Happened is any other known event that shows as a line of its own.
	Happened struct{ Notable Notable }
	// Policy says that Facebook warns, blocks or unblocks the Page.
	Policy struct {
		Action string // warning, block, unblock
		Reason Untrusted
	}
	// PageNews is any other known event that concerns the Page as a whole.
	PageNews struct{ Kind NoticeKind }
)

func (CustomerMessage) isEvent() {}
func (Echo) isEvent()            {}
func (Postback) isEvent()        {}
func (Referral) isEvent()        {}
func (Reacted) isEvent()         {}
func (Edit) isEvent()            {}
func (Unsend) isEvent()          {}
func (DeliveredUpTo) isEvent()   {}
func (ReadUpTo) isEvent()        {}
func (Feedback) isEvent()        {}
func (Optin) isEvent()           {}
func (ThreadControl) isEvent()   {}
func (Happened) isEvent()        {}
func (Policy) isEvent()          {}
func (PageNews) isEvent()        {}

// Blank reports whether there is nothing to show of what the Page wrote.
func (e Echo) Blank() bool { return e.Text.Blank() && len(e.Attachments) == 0 }

// OpensWindow reports whether an event opens the reply window, and so counts as the
// customer starting the conversation: a message, a postback, a reaction (not its removal),
// a plugin's opt-in, an m.me link into the thread. An ad alone does not.
//
// Source: Messenger Platform, Send API, "Standard messaging window".
func OpensWindow(e Event) bool {
	switch e := e.(type) {
	case CustomerMessage, Postback:
		return true
	case Reacted:
		return !e.Removed && e.By == ByCustomer
	case Optin:
		return e.Plugin
	case Referral:
		return e.Entry.Source == SourceShortlink
	}
	return false
}

// Sources of a referral, in Meta's words.
const (
	SourceShortlink = "SHORTLINK"
	SourceAds       = "ADS"
	// SourceCheckbox: the customer ticked a plugin's box on a website before they wrote.
	SourceCheckbox = "checkbox_plugin"
	// SourceShop: the customer came from a product of the Page's shop; Ref is the product's
	// id. Meta names no source for these.
	SourceShop = "SHOP"
)

// FutureSlack is how far an event's time may lie after its receipt: clocks differ.
const FutureSlack = 5 * time.Minute

// EventTime returns the time to use for an event of another clock, wherever it sets or
// orders anything. A time later than its receipt plus [FutureSlack], or before 1970, is a
// mistake: then it is the time of receipt.
func EventTime(at, receipt time.Time) time.Time {
	if at.Unix() <= 0 || at.After(receipt.Add(FutureSlack)) {
		return receipt
	}
	return at
}

// LogValue implements [slog.LogValuer].
func (e PageEntry) LogValue() slog.Value {
	return slog.GroupValue(slog.String("page", string(e.Page)), slog.Int("events", len(e.Events)))
}

// LogValue implements [slog.LogValuer].
func (e Inbound) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("key", e.Key), slog.String("customer", string(e.Customer)), slog.Time("at", e.At),
		slog.Bool("standby", e.Standby), slog.String("event", fmt.Sprintf("%T", e.Event)), slog.Int("raw_bytes", len(e.Raw)),
	)
}

// LogValue implements [slog.LogValuer].
func (m CustomerMessage) LogValue() slog.Value {
	return slog.GroupValue(slog.String("mid", string(m.MID)), slog.Int("attachments", len(m.Attachments)), length("text", m.Text))
}

// LogValue implements [slog.LogValuer]: the attempt's token is not shown.
func (e Echo) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("mid", string(e.MID)), slog.String("app", string(e.AppID)), slog.Int("attachments", len(e.Attachments)), length("text", e.Text),
	)
}

// LogValue implements [slog.LogValuer].
func (p Postback) LogValue() slog.Value {
	return slog.GroupValue(slog.String("mid", string(p.MID)), length("title", p.Title), length("payload", p.Payload))
}

// LogValue implements [slog.LogValuer].
func (r Referral) LogValue() slog.Value { return r.Entry.LogValue() }

// LogValue implements [slog.LogValuer].
func (r Reacted) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("target", string(r.Target)), slog.String("by", string(r.By)), slog.Bool("removed", r.Removed), length("emoji", r.Emoji),
	)
}

// LogValue implements [slog.LogValuer].
func (e Edit) LogValue() slog.Value {
	return slog.GroupValue(slog.String("target", string(e.Target)), slog.Int("number", e.Number), length("text", e.Text))
}

// LogValue implements [slog.LogValuer].
func (f Feedback) LogValue() slog.Value {
	return slog.GroupValue(slog.String("target", string(f.Target)), length("words", f.Words))
}

// LogValue implements [slog.LogValuer].
func (o Optin) LogValue() slog.Value {
	return slog.GroupValue(slog.Bool("plugin", o.Plugin), slog.Int("type_bytes", len(o.Type)), length("ref", o.Ref))
}

// LogValue implements [slog.LogValuer].
func (h Happened) LogValue() slog.Value { return h.Notable.LogValue() }

// LogValue implements [slog.LogValuer].
func (p Policy) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("action_bytes", len(p.Action)), length("reason", p.Reason))
}
