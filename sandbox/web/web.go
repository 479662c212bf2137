// Package web writes HTTP answers that no one service's wire is peculiar about.
package web

import (
	"encoding/json"
	"net/http"
)

// JSON answers with a body in JSON.
func JSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(body)
}

// Text answers with a body as it stands.
func Text(w http.ResponseWriter, status int, mediaType, body string) {
	w.Header().Set("Content-Type", mediaType)
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
}

// Clip shortens what a caller wrote, to be told in an answer, to n bytes.
func Clip(text string, n int) string {
	if len(text) > n {
		return text[:n]
	}
	return text
}
