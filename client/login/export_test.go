package login

import "time"

// SetPatience changes how long the keyring may take.
func (l *Logins) SetPatience(d time.Duration) { l.timeout = d }
