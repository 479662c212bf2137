package meta

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
)

// Secret is a key that no log or message shows.
type Secret string

// Hidden is shown in place of a secret.
const Hidden = "[secret]"

// Format implements [fmt.Formatter].
func (Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(Hidden)) }

// LogValue implements [slog.LogValuer].
func (Secret) LogValue() slog.Value { return slog.StringValue(Hidden) }

// Sign returns the HMAC-SHA256 of a message, given in one or several pieces, in lower-case hex.
func (s Secret) Sign(message ...[]byte) string {
	mac := hmac.New(sha256.New, []byte(s))
	for _, piece := range message {
		mac.Write(piece)
	}
	return hex.EncodeToString(mac.Sum(nil))
}
