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
	// Key is the same for every delivery of this event, and unlike that of every
	// other event of the Page: "mid:…" for a message or postback, "sha:…" else.
	Key string
	// Raw is the event as it came.
	Raw []byte
	// Name is Meta's key of the event: message, postback, reaction, …
	Name string
	// Customer is whom it is about; empty for an event about the Page.
	Customer PSID
	// At is Meta's time of the event.
	At time.Time
	// Standby: another app holds the thread; we only listen.
	Standby bool
	// Foreign: it names another recipient than the Page, or a sender who can't have done
	// it. It is nothing of the Page's: its Customer is empty and nothing comes of it.
	Foreign bool
	// FromPage: the Page did it, and not the customer.
	FromPage bool
	// Event is what happened; nil where it is not understood.
	Event Event
}

// Event is what happened: one of the types below.
type Event interface{ isEvent() }

type (
	// CustomerMessage tells that the customer wrote.
	CustomerMessage struct {
		MID         MID
		Text        Untrusted
		Attachments []Attachment
		ReplyTo     MID
		// QuickReply is the payload of the quick reply they chose.
		QuickReply *Untrusted
		// Command is the command they used, without its slash; several are parted by
		// commas.
		Command  Untrusted
		Referral *Entry
		// Unsupported: Meta, or we, can't show what it holds.
		Unsupported bool
	}
	// Echo tells that the Page wrote, from here or elsewhere.
	Echo struct {
		MID         MID
		AppID       AppID
		Metadata    string
		Text        Untrusted
		Attachments []Attachment
		ReplyTo     MID
		// Holds is, where there is nothing else to show, what it is in Meta's word; it may
		// be empty all the same.
		Holds string
	}
	// Postback tells that the customer pressed a button or Get Started.
	Postback struct {
		MID      MID // may be empty
		Title    Untrusted
		Payload  Untrusted
		Referral *Entry
	}
	// Referral tells that the customer came into the thread by a link or an ad.
	Referral struct{ Entry Entry }
	// Reacted tells that a reaction was set, changed or taken back.
	Reacted struct {
		Target  MID
		By      AuthorKind // customer or page
		Removed bool
		Kind    string
		Emoji   Untrusted
	}
	// Edit tells that the customer changed a message.
	Edit struct {
		Target MID
		Text   Untrusted
		Number int // 1 for the first edit
	}
	// Unsend tells that a message was taken back.
	Unsend struct{ Target MID }
	// DeliveredUpTo tells that messages of the Page reached the customer's device.
	DeliveredUpTo struct {
		MIDs      []MID
		Watermark time.Time
	}
	// ReadUpTo tells that the customer read what the Page sent until then.
	ReadUpTo struct{ Watermark time.Time }
	// Feedback tells that the customer judged one of the Page's messages.
	Feedback struct {
		Target MID
		Words  Untrusted
	}
	// Optin tells that the customer agreed to something through a plugin or a request.
	Optin struct {
		// Plugin: a plugin's opt-in, which opens the reply window.
		Plugin bool
		Type   string
		Ref    Untrusted
		// Title names what they agreed to be told of.
		Title Untrusted
		// Status is "stop" or "resume" where they changed their mind about it.
		Status string
	}
	// ThreadControl tells that the thread passed, or is asked for, between apps.
	ThreadControl struct {
		Action string // pass, take, request, release
		Owner  AppID  // the new owner, or who asks; empty: nobody
	}
	// Happened is any other understood event that shows as a line of its own.
	Happened struct{ Notable Notable }
	// Policy tells that Facebook warns, blocks or unblocks the Page.
	Policy struct {
		Action string // warning, block, unblock
		Reason Untrusted
	}
	// PageNews is any other understood event that concerns the Page as a whole.
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

// Blank tells whether what the Page wrote would show as nothing.
func (e Echo) Blank() bool { return e.Text.Blank() && len(e.Attachments) == 0 }

// OpensWindow tells whether an event opens the reply window, and with it counts
// as the customer having started the conversation: a message, a postback, a
// reaction (not its removal), a plugin's opt-in, an m.me link into the thread. An
// ad alone does not.
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
	// SourceCheckbox is that of a customer who ticked the box of a plugin on a website
	// before they wrote.
	SourceCheckbox = "checkbox_plugin"
	// SourceShop is that of a customer who came from a product of the Page's shop, whose
	// id is the Ref: Meta names no source then.
	SourceShop = "SHOP"
)

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
