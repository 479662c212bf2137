package model

import (
	"log/slog"
	"time"
)

// ConnectState is how far connecting a Page through the browser is.
type ConnectState string

// The states, in the order they come in; the last two are final.
const (
	// ConnectWaiting: the link was not opened yet.
	ConnectWaiting ConnectState = "waiting"
	// ConnectAtFacebook: the browser was sent to Facebook's dialog.
	ConnectAtFacebook ConnectState = "facebook"
	// ConnectChoosing: the Page and who sees it are being chosen.
	ConnectChoosing ConnectState = "choosing"
	// ConnectSubscribing: the Page is stored, and its webhooks are asked for.
	ConnectSubscribing ConnectState = "subscribing"
	ConnectDone        ConnectState = "connected"
	ConnectRefused     ConnectState = "refused"
)

// Final tells whether nothing more comes after a state.
func (s ConnectState) Final() bool { return s == ConnectDone || s == ConnectRefused }

// Connect is one attempt to connect a Page through the browser.
type Connect struct {
	ID string `json:"id"`
	// URL is the link to open in a browser; only told when the attempt begins.
	URL       string       `json:"url,omitempty"`
	State     ConnectState `json:"state" enum:"waiting,facebook,choosing,subscribing,connected,refused"`
	ExpiresAt time.Time    `json:"expires_at"`
	// Code says why it was refused.
	Code Code `json:"code,omitempty"`
	// Page is set once connected.
	Page *Page `json:"page,omitempty"`
}

// LogValue implements [slog.LogValuer]: neither link nor name is shown.
func (c Connect) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", c.ID), slog.String("state", string(c.State)), slog.String("code", string(c.Code)))
}
