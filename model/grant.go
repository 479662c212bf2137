package model

import "log/slog"

// PageGrant is what an access token lets us do with a Page.
type PageGrant struct {
	ID   MetaPageID
	Name Untrusted
	// Token is the Page's own access token.
	Token string
	// ManageKnown: Facebook showed that the token's owner has full control of the
	// Page (task MANAGE). A Page's token alone can't show it.
	ManageKnown bool
}

// ManagedPage is a Page that a person on Facebook may work with.
type ManagedPage struct {
	ID   MetaPageID
	Name Untrusted
	// Token is the Page's own access token, for that person. Never in a log or an answer.
	Token string
	// FullControl: they have the task MANAGE, and so may connect it.
	FullControl bool
}

// LogValue implements [slog.LogValuer]: neither name nor token is shown.
func (p ManagedPage) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", string(p.ID)), slog.Bool("full_control", p.FullControl))
}
