package messenger

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
)

// secret is a key that no log and no message shows.
type secret string

const hidden = "[secret]"

// Format implements [fmt.Formatter].
func (secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// LogValue implements [slog.LogValuer].
func (secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// sign returns the HMAC-SHA256 of a message, which may come in pieces, in lower-case hex.
func (s secret) sign(message ...[]byte) string {
	mac := hmac.New(sha256.New, []byte(s))
	for _, piece := range message {
		mac.Write(piece)
	}
	return hex.EncodeToString(mac.Sum(nil))
}
