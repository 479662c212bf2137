package webhooks

import (
	"maps"
	"slices"
)

// appSubscription is the app's subscription: the callback and the fields.
type appSubscription struct {
	callback string // "" until a handshake succeeded
	fields   map[string]bool
}

// pageSubscription is the Page's subscription to the app.
type pageSubscription struct {
	subscribed bool
	fields     map[string]bool // nil: there never was one
}

// SubscribeApp sends events to a verified callback.
func (h *Webhooks) SubscribeApp(callback string, fields map[string]bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.app = appSubscription{callback: callback, fields: fields}
	h.changed()
}

// UnsubscribeApp removes the callback.
func (h *Webhooks) UnsubscribeApp() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.app = appSubscription{}
}

// App returns the callback, "" if none, and the subscribed fields, sorted.
func (h *Webhooks) App() (callback string, fields []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.app.callback, slices.Sorted(maps.Keys(h.app.fields))
}

// SubscribePage subscribes the Page to the app; it replaces the fields.
func (h *Webhooks) SubscribePage(fields map[string]bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.page = pageSubscription{subscribed: true, fields: fields}
	h.changed()
}

// UnsubscribePage unsubscribes the Page.
func (h *Webhooks) UnsubscribePage() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.page.subscribed = false
}

// ResubscribePage subscribes the Page to its last fields; false: there are none.
func (h *Webhooks) ResubscribePage() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.page.fields == nil {
		return false
	}
	h.page.subscribed = true
	h.changed()
	return true
}

// Page returns whether the Page is subscribed, and its fields, sorted.
func (h *Webhooks) Page() (subscribed bool, fields []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.page.subscribed, slices.Sorted(maps.Keys(h.page.fields))
}

// Listening reports whether events are sent: the app has a callback and the Page is subscribed.
func (h *Webhooks) Listening() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.listening()
}

// Active is closed once events are sent for the first time.
func (h *Webhooks) Active() <-chan struct{} { return h.active }

// listening is Listening. mu must be held.
func (h *Webhooks) listening() bool { return h.app.callback != "" && h.page.subscribed }

// changed starts history and customers once events are sent, and wakes pausing retries, since the
// callback may have changed. mu must be held.
func (h *Webhooks) changed() {
	if !h.listening() {
		return
	}
	if !h.opened {
		h.opened = true
		close(h.active)
	}
	close(h.out.kick)
	h.out.kick = make(chan struct{})
}
