package model

// CanSee tells whether a user sees what an installation of a Page holds: its
// conversations, and all that hangs on them. A private one only its installer
// does, a shared one every user of the hub. An admin has no other eyes.
func CanSee(user UserID, page Page) bool {
	if user == "" {
		return false
	}
	return page.Visibility == Shared || page.Installer.ID == user
}
