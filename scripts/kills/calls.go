//go:build linux

package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// statusError is an answer with another status than the expected one.
type statusError struct {
	status int
	said   string
}

func (e *statusError) Error() string { return fmt.Sprintf("%d %.300s", e.status, e.said) }

func (e *statusError) Unwrap() error { return errAnswer }

// call calls the hub as its user.
func (w *world) call(ctx context.Context, method, path string, body any, want int) ([]byte, error) {
	return w.ask(ctx, method, w.url+path, body, want, func(req *http.Request, _ []byte) {
		req.Header.Set("Authorization", "Bearer "+w.token)
	})
}

// control calls the sandbox's control API.
func (w *world) control(ctx context.Context, method, path string, body, out any) error {
	want := http.StatusOK
	switch {
	case path == "/faults" && method == http.MethodPost:
		want = http.StatusCreated
	case method == http.MethodPost:
		want = http.StatusAccepted
	}
	said, err := w.ask(ctx, method, w.facebook.ControlURL+path, body, want, nil)
	if err != nil || out == nil {
		return err
	}
	return json.Unmarshal(said, out)
}

// deliver posts a webhook, as Facebook does.
func (w *world) deliver(ctx context.Context, body any) error {
	_, err := w.ask(ctx, http.MethodPost, w.url+"/webhooks/messenger", body, http.StatusOK, func(req *http.Request, body []byte) {
		mac := hmac.New(sha256.New, []byte(w.facebook.AppSecret))
		mac.Write(body)
		req.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	})
	return err
}

func (w *world) ask(ctx context.Context, method, url string, body any, want int, sign func(*http.Request, []byte)) ([]byte, error) {
	var doc []byte
	if body != nil {
		var err error
		if doc, err = json.Marshal(body); err != nil {
			return nil, err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(doc))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	if sign != nil {
		sign(req, doc)
	}
	resp, err := w.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(io.LimitReader(resp.Body, 64<<20))
	if err == nil && resp.StatusCode != want {
		err = fmt.Errorf("%s %s: %w", method, req.URL.Path, &statusError{resp.StatusCode, string(said)})
	}
	return said, err
}
