package webhooks

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"parley/sandbox/web"
)

// Handshake asks the callback to prove that it knows the verify token.
func (h *Webhooks) Handshake(ctx context.Context, callback url.URL, verify string) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	h.mu.Lock()
	challenge := strconv.Itoa(1_000_000_000 + h.chance.IntN(1_000_000_000))
	h.mu.Unlock()
	q := callback.Query()
	q.Set("hub.mode", "subscribe")
	q.Set("hub.verify_token", verify)
	q.Set("hub.challenge", challenge)
	callback.RawQuery = q.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, callback.String(), nil)
	if err != nil {
		return err
	}
	res, err := h.client.Do(req)
	if err != nil {
		return fmt.Errorf("curl_errno = 7; curl_error = %w", err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 4096))
	if err != nil {
		return fmt.Errorf("curl_errno = 56; curl_error = %w", err)
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("HTTP Status Code = %d; HTTP Message = %s", res.StatusCode, http.StatusText(res.StatusCode))
	}
	if string(body) != challenge {
		return fmt.Errorf("the response does not match the challenge, expected value=%q, received=%q", challenge, web.Clip(string(body), 80))
	}
	return nil
}
