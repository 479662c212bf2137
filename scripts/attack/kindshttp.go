package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

const megabyte = 1 << 20

// forged looks like a signature but is none.
var forged = "X-Hub-Signature-256: sha256=" + strings.Repeat("0", 64)

func post(path string, more ...string) []string {
	return append([]string{"POST " + path + " HTTP/1.1", "Host: hub"}, more...)
}

func length(n int) string { return fmt.Sprintf("Content-Length: %d", n) }

// httpKinds are the attacks of strangers and of a user on the hub's HTTP port.
func httpKinds() []kind {
	return slices.Concat(connectionKinds(), bodyKinds(), askingKinds())
}

// connectionKinds hold connections, and send nothing or never finish.
func connectionKinds() []kind {
	return []kind{
		{"idle", func(ctx context.Context, t target, _ int) error { return opens(ctx, t, nil) }},
		{"slow-headers", func(ctx context.Context, t target, _ int) error {
			return opens(ctx, t, func(w io.Writer) error {
				if _, err := io.WriteString(w, "GET / HTTP/1.1\r\n"); err != nil {
					return err
				}
				return slowly(ctx, w, "X: y\r\n", 100*time.Millisecond)
			})
		}},
		{"large-headers", func(ctx context.Context, t target, _ int) error {
			return opens(ctx, t, func(w io.Writer) error {
				if _, err := io.WriteString(w, "GET / HTTP/1.1\r\nX: "); err != nil {
					return err
				}
				return zeros(ctx, w, megabyte)
			})
		}},
	}
}

// bodyKinds send more than anybody wants to read.
func bodyKinds() []kind {
	return []kind{
		{"unsigned", func(ctx context.Context, t target, _ int) error {
			return says(ctx, t, post("/webhooks/messenger", length(8*megabyte)), func(w io.Writer) error { return zeros(ctx, w, 8*megabyte) })
		}},
		{"forged", func(ctx context.Context, t target, _ int) error {
			return says(ctx, t, post("/webhooks/messenger", forged, length(8*megabyte)), func(w io.Writer) error { return zeros(ctx, w, 8*megabyte) })
		}},
		{"slow-bodies", func(ctx context.Context, t target, n int) error {
			head := post([]string{"/webhooks/messenger", "/v1/login", "/connect", "/v1/login/device/token"}[n%4], forged, length(8*megabyte), "Content-Type: application/json")
			return says(ctx, t, head, func(w io.Writer) error {
				if err := zeros(ctx, w, 7*megabyte); err != nil {
					return err
				}
				return slowly(ctx, w, "x", 100*time.Millisecond)
			})
		}},
		{"chunked", func(ctx context.Context, t target, _ int) error {
			return says(ctx, t, post("/webhooks/messenger", forged, "Transfer-Encoding: chunked"), func(w io.Writer) error {
				piece := strings.Repeat("400;"+strings.Repeat("e", 512)+"\r\n"+strings.Repeat("x", 1024)+"\r\n", 16)
				for {
					if err := line.WaitN(ctx, len(piece)); err != nil {
						return err
					}
					if _, err := io.WriteString(w, piece); err != nil {
						return err
					}
				}
			})
		}},
		{"gzip", func(ctx context.Context, t target, _ int) error {
			bomb := bomb()
			return says(ctx, t, post("/webhooks/messenger", forged, "Content-Encoding: gzip", length(len(bomb))), func(w io.Writer) error {
				_, err := w.Write(bomb)
				return err
			})
		}},
		{"pipedrive", func(ctx context.Context, t target, n int) error {
			auth := "Authorization: Basic " + base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "parley:%d", n))
			return says(ctx, t, post("/webhooks/pipedrive", auth, length(2*megabyte)), func(w io.Writer) error { return zeros(ctx, w, 2*megabyte) })
		}},
	}
}

// askingKinds request a lot, as strangers and as a user.
func askingKinds() []kind {
	return []kind{
		{"logins", func(ctx context.Context, t target, n int) error {
			code := `{"code":"ABCD-EFGH-JKLM-` + fmt.Sprintf("%04d", n) + strings.Repeat(" ", 1024*(n%4)) + `"}`
			return says(ctx, t, post("/v1/login", "Content-Type: application/json", "Connection: close", length(len(code))), func(w io.Writer) error {
				_, err := io.WriteString(w, code)
				return err
			})
		}},
		{"pages", func(ctx context.Context, t target, n int) error {
			path := []string{"/login?code=BCDF-GHJK", "/connect?link=x", "/docs", "/openapi.json", "/readyz", "/v1/conversations"}[n%6]
			return says(ctx, t, []string{"GET " + path + " HTTP/1.1", "Host: hub", "Connection: close"}, nil)
		}},
		{"slow-readers", func(ctx context.Context, t target, n int) error {
			c, done, err := dial(ctx, t)
			if err != nil {
				return err
			}
			defer done()
			path := []string{"/openapi.json", "/v1/conversations?limit=1000"}[n%2]
			_, err = io.WriteString(c, strings.Repeat("GET "+path+" HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer "+t.token+"\r\n\r\n", 50))
			wait(ctx, 10*time.Second) // and reads nothing
			return err
		}},
		{"uploads", func(ctx context.Context, t target, n int) error {
			token := []string{"nobody", t.token}[n%2]
			head := post("/v1/uploads", "Authorization: Bearer "+token, "Content-Type: multipart/form-data; boundary=b", length(25*megabyte))
			return says(ctx, t, head, func(w io.Writer) error {
				if _, err := io.WriteString(w, "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\n\r\n"); err != nil {
					return err
				}
				if err := zeros(ctx, w, megabyte); err != nil {
					return err
				}
				return slowly(ctx, w, "x", 100*time.Millisecond)
			})
		}},
		{"searches", func(ctx context.Context, t target, _ int) error {
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, t.url+"/v1/conversations?limit=1000&search=red", nil)
			if err != nil {
				return err
			}
			req.Header.Set("Authorization", "Bearer "+t.token)
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				return err
			}
			_, err = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
			return err
		}},
	}
}

// bomb is a small body that decompresses to a large one.
var bomb = sync.OnceValue(func() []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = io.CopyN(z, nothing{}, 200*megabyte)
	_ = z.Close()
	return b.Bytes()
})

// nothing is an endless reader of zeros.
type nothing struct{}

// Read implements [io.Reader].
func (nothing) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
