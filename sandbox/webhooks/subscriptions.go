package webhooks

import (
	"maps"
	"slices"
)

// appSubscription is the app's: where events go, and which.
type appSubscription struct {
	callback string // "" until a handshake succeeded
	fields   map[string]bool
}

// pageSubscription is the Page's to the app.
type pageSubscription struct {
	subscribed bool
	fields     map[string]bool // nil: it never was
}

// SubscribeApp has events go to a callback that has shaken hands.
func (h *Webhooks) SubscribeApp(callback string, fields map[string]bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.app = appSubscription{callback: callback, fields: fields}
	h.changed()
}

// UnsubscribeApp forgets the callback.
func (h *Webhooks) UnsubscribeApp() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.app = appSubscription{}
}

// App is where events go, empty for nowhere, and which fields are subscribed to, in order.
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

// UnsubscribePage takes that back.
func (h *Webhooks) UnsubscribePage() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.page.subscribed = false
}

// ResubscribePage subscribes the Page to the fields that it had last; false: it never had
// any.
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

// Page tells whether the Page is subscribed, and to which fields, in order.
func (h *Webhooks) Page() (subscribed bool, fields []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.page.subscribed, slices.Sorted(maps.Keys(h.page.fields))
}

// Listening tells whether events go out: the app has a callback and the Page is
// subscribed.
func (h *Webhooks) Listening() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.listening()
}

// Active is closed once events go out for the first time.
func (h *Webhooks) Active() <-chan struct{} { return h.active }

// listening is Listening. mu held.
func (h *Webhooks) listening() bool { return h.app.callback != "" && h.page.subscribed }

// changed lets history and customers begin once events go out, and
// calls retries that pause, as the callback may be another one now. mu held.
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
