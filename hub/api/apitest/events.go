package apitest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"parley/model"
)

// Sign returns the header with which Meta signs a body.
func Sign(body []byte) string {
	mac := hmac.New(sha256.New, []byte(AppSecret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// Webhook is the body of a POST of Meta.
func Webhook(id model.MetaPageID, list string, events ...map[string]any) []byte {
	raw, err := json.Marshal(map[string]any{
		"object": "page",
		"entry":  []any{map[string]any{"id": id, "time": time.Now().UnixMilli(), list: events}},
	})
	if err != nil {
		panic(err)
	}
	return raw
}

// Message is an event by which a customer writes.
func Message(id model.MetaPageID, customer model.PSID, mid, text string, at time.Time) map[string]any {
	return map[string]any{
		"sender": Party(customer), "recipient": Party(id), "timestamp": at.UnixMilli(),
		"message": map[string]any{"mid": mid, "text": text},
	}
}

// Echo is an event by which the Page's own inbox writes.
func Echo(id model.MetaPageID, customer model.PSID, mid, text string, at time.Time) map[string]any {
	return map[string]any{
		"sender": Party(id), "recipient": Party(customer), "timestamp": at.UnixMilli(),
		"message": map[string]any{"mid": mid, "text": text, "is_echo": true, "app_id": 263902037430900},
	}
}

// Policy is an event by which Meta warns or blocks the Page.
func Policy(id model.MetaPageID, action, reason string, at time.Time) map[string]any {
	return map[string]any{
		"recipient": Party(id), "timestamp": at.UnixMilli(),
		"policy_enforcement": map[string]any{"action": action, "reason": reason},
	}
}

// Party is who an event is from, or to.
func Party[T ~string](id T) map[string]any { return map[string]any{"id": id} }
