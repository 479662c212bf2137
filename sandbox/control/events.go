package control

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"

	"parley/sandbox/meta"
	"parley/sandbox/web"
)

// maxTimes is how often one call to /control/events may post.
const maxTimes = 1000

// rawEvent is the body of POST /control/events.
type rawEvent struct {
	Body      json.RawMessage `json:"body"`
	Raw       *string         `json:"raw"`
	RawBase64 []byte          `json:"raw_base64"` // for bytes that a JSON string can't hold
	Sign      *bool           `json:"sign"`
	Signature string          `json:"signature"` // in place of the correct X-Hub-Signature-256
	Times     int             `json:"times"`
	Shuffle   bool            `json:"shuffle"`
}

// postEvents posts a body to the callback unchanged, bypassing queue and faults, and answers with
// the callback's statuses; 0: no answer.
func (c *Control) postEvents(w http.ResponseWriter, r *http.Request) {
	in := rawEvent{Times: 1}
	if !readRawEvent(w, r, &in) {
		return
	}
	if in.Times < 1 || in.Times > maxTimes {
		refuse(w, http.StatusBadRequest, fmt.Errorf("times must be between 1 and %d", maxTimes))
		return
	}
	callback, _ := c.hooks.App()
	if callback == "" {
		refuse(w, http.StatusConflict, errNoCallback())
		return
	}
	status := []int{}
	for range in.Times {
		body, err := c.rawBody(in)
		if err != nil {
			refuse(w, http.StatusBadRequest, err)
			return
		}
		headers := http.Header{}
		if in.Sign == nil || *in.Sign {
			headers = meta.Sign(c.meta.AppSecret, body)
		}
		if in.Signature != "" {
			headers.Set("X-Hub-Signature-256", in.Signature)
		}
		code, err := c.hooks.Post(r.Context(), callback, body, headers)
		if err != nil {
			c.log.Info("raw event", "err", err)
		}
		status = append(status, code)
	}
	web.JSON(w, http.StatusOK, map[string]any{"status": status})
}

func errNoCallback() error {
	return errors.New("there is no callback yet: POST /{app}/subscriptions first")
}

// readRawEvent reads the body of a call. An envelope without the object around it is posted as
// it is.
func readRawEvent(w http.ResponseWriter, r *http.Request, in *rawEvent) bool {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		refuse(w, http.StatusRequestEntityTooLarge, fmt.Errorf("read the body: %w", err))
		return false
	}
	var bare struct {
		Entry json.RawMessage `json:"entry"`
	}
	if json.Unmarshal(body, &bare) == nil && bare.Entry != nil {
		in.RawBase64 = body
		return true
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return readBody(w, r, in)
}

// rawBody returns the bytes to post: raw unchanged, or body in Meta's encoding.
func (c *Control) rawBody(in rawEvent) ([]byte, error) {
	if in.Raw != nil {
		return []byte(*in.Raw), nil
	}
	if in.RawBase64 != nil {
		return in.RawBase64, nil
	}
	if len(in.Body) == 0 {
		return nil, errors.New("body, raw or raw_base64 must be given")
	}
	body := in.Body
	if in.Shuffle {
		shuffled, err := shuffleEnvelope(body, rand.New(rand.NewPCG(c.faults.Chance(), 0)))
		if err != nil {
			return nil, fmt.Errorf("shuffle: %w", err)
		}
		body = shuffled
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, body); err != nil {
		return nil, fmt.Errorf("encode body: %w", err)
	}
	return meta.Escape(compact.Bytes()), nil
}

// shuffleEnvelope shuffles the entries of an envelope, and the events in each.
func shuffleEnvelope(body []byte, rng *rand.Rand) ([]byte, error) {
	var env map[string]json.RawMessage
	if err := json.Unmarshal(body, &env); err != nil {
		return nil, err
	}
	var entries []map[string]json.RawMessage
	if err := json.Unmarshal(env["entry"], &entries); err != nil {
		return nil, err
	}
	for _, e := range entries {
		for _, name := range []string{"messaging", "standby"} {
			var events []json.RawMessage
			if json.Unmarshal(e[name], &events) != nil {
				continue
			}
			rng.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
			mixed, err := json.Marshal(events)
			if err != nil {
				return nil, err
			}
			e[name] = mixed
		}
	}
	rng.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
	mixed, err := json.Marshal(entries)
	if err != nil {
		return nil, err
	}
	env["entry"] = mixed
	return json.Marshal(env)
}
