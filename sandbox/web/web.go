// Package web writes the HTTP answers that all services have in common.
package web

import (
	"encoding/json"
	"net/http"
)

// JSON answers with JSON.
func JSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(body)
}

// Text answers with a text.
func Text(w http.ResponseWriter, status int, mediaType, body string) {
	w.Header().Set("Content-Type", mediaType)
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
}

// Clip shortens a caller's text to n bytes, for an answer.
func Clip(text string, n int) string {
	if len(text) > n {
		return text[:n]
	}
	return text
}
