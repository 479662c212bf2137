package model

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
