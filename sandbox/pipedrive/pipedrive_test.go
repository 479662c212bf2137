package pipedrive_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"parley/sandbox"
	"parley/sandbox/sandboxtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// What Pipedrive's documentation tells, and two guesses.
const (
	burstSearch  = 10 // searches in two seconds
	patience     = 20 // refusals before the wall
	webhooksMost = 40 // of one user
	banAt        = 10 // failed first attempts
)

// box is a running sandbox, called as Pipedrive.
type box struct{ *sandboxtest.Box }

func start(t *testing.T, o sandbox.Options) *box {
	t.Helper()
	return &box{sandboxtest.Start(t, o)}
}

// answered is what Pipedrive answered.
type answered struct {
	status   int
	location *url.URL
	raw      string
	body     map[string]any
}

func (b *box) call(method, path string, header http.Header, form url.Values) answered {
	b.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(b.Context(), method, b.Info().PipedriveURL+path, body)
	if err != nil {
		b.Fatal(err)
	}
	if header != nil {
		req.Header = header.Clone()
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	res, err := client.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	raw, _ := io.ReadAll(res.Body)
	a := answered{status: res.StatusCode, raw: string(raw)}
	a.location, _ = res.Location()
	_ = json.Unmarshal(raw, &a.body)
	return a
}

// tokenOf is the API token of a user of Pipedrive.
func (b *box) tokenOf(email string) string {
	b.Helper()
	var out struct {
		Users []struct{ Email, Token string }
	}
	_ = json.Unmarshal([]byte(b.OK(b.Control("GET", "/pipedrive/users", nil)).Raw), &out)
	for _, u := range out.Users {
		if u.Email == email {
			return u.Token
		}
	}
	b.Fatalf("no user %s", email)
	return ""
}

// api calls Pipedrive as somebody, with a body unless it is nil.
func (b *box) api(email, method, path string, body any) answered {
	b.Helper()
	return b.send(http.Header{"X-Api-Token": {b.tokenOf(email)}}, method, path, body)
}

// send is api with the headers of whoever calls.
func (b *box) send(as http.Header, method, path string, body any) answered {
	b.Helper()
	var in io.Reader
	if body != nil {
		raw, _ := json.Marshal(body)
		in = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(b.Context(), method, b.Info().PipedriveURL+"/api"+path, in)
	if err != nil {
		b.Fatal(err)
	}
	req.Header = as.Clone()
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	raw, _ := io.ReadAll(res.Body)
	a := answered{status: res.StatusCode, raw: string(raw)}
	_ = json.Unmarshal(raw, &a.body)
	return a
}

// at goes into an answer, by keys and indexes.
func (a answered) at(path string) any {
	var v any = a.body
	for _, key := range strings.Split(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[key]
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}
