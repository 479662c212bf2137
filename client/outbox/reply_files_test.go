package outbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/client"
	"parley/client/clienttest"
	"parley/client/outbox"
	"parley/model"
)

// counter is a hub that takes files and replies, and a folder of kept replies.
type counter struct {
	*testing.T
	client *client.Client
	dir    string
	kept   *outbox.Kept
	outbox *outbox.Outbox
	told   outbox.Progress

	mu       sync.Mutex
	uploads  []string // what they held
	names    []string // how they were called
	posts    []posted
	onUpload func(n int, w http.ResponseWriter) bool // nil, or false: it is taken
	onPost   func(n int, w http.ResponseWriter) bool
}

type posted struct {
	ClientID model.ClientID `json:"client_id"`
	Text     string         `json:"text"`
	Uploads  []string       `json:"attachments"`
}

func newCounter(t *testing.T) *counter {
	t.Helper()
	c := &counter{T: t, dir: t.TempDir()}
	c.client = clienttest.Serve(t, c.answer)
	c.kept, c.outbox = outbox.NewKept(c.dir, c.client.URL()), outbox.New(t.Context(), c.client, c.dir)
	return c
}

func problem(w http.ResponseWriter, status int, code model.Code) bool {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"status": status, "code": code})
	return true
}

func (c *counter) answer(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/v1/uploads" {
		c.takesFile(w, r)
		return
	}
	var p posted
	_ = json.NewDecoder(r.Body).Decode(&p)
	c.mu.Lock()
	c.posts = append(c.posts, p)
	n, on := len(c.posts), c.onPost
	c.mu.Unlock()
	if on != nil && on(n, w) {
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusAccepted)
	_ = json.NewEncoder(w).Encode(model.Message{ID: "1_m", ClientID: p.ClientID, State: model.Sent})
}

func (c *counter) takesFile(w http.ResponseWriter, r *http.Request) {
	file, part, err := r.FormFile("file")
	if err != nil {
		problem(w, http.StatusUnprocessableEntity, "invalid")
		return
	}
	held, err := io.ReadAll(file)
	if err != nil {
		problem(w, http.StatusUnprocessableEntity, "invalid")
		return
	}
	c.mu.Lock()
	c.uploads, c.names = append(c.uploads, string(held)), append(c.names, part.Filename)
	n, on := len(c.uploads), c.onUpload
	c.mu.Unlock()
	if on != nil && on(n, w) {
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	_, _ = fmt.Fprintf(w, `{"id":"up%d"}`, n)
}

// file makes a file and attaches it.
func (c *counter) file(content string) model.File {
	c.Helper()
	path := filepath.Join(c.TempDir(), "price.txt")
	c.write(path, content)
	f, err := outbox.CheckFile(path)
	if err != nil {
		c.Fatal(err)
	}
	return f
}

func (c *counter) write(path, content string) {
	c.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		c.Fatal(err)
	}
}

func (c *counter) reply(files ...model.File) model.Reply {
	return model.Reply{Conversation: "1_2", ClientID: outbox.NewClientID(), Text: "our prices", Files: files}
}

func (c *counter) send(r model.Reply) error {
	_, err := c.outbox.HandIn(c.Context(), r, c.told, 0)
	return err
}

// keptNow returns the reply as it is kept.
func (c *counter) keptNow() *model.Reply {
	c.Helper()
	if all := c.kept.All(); len(all) > 0 {
		return &all[0]
	}
	return nil
}

func (c *counter) want(uploads []string, posts ...[]string) {
	c.Helper()
	var got [][]string
	for _, p := range c.posts {
		got = append(got, p.Uploads)
	}
	if !slices.Equal(c.uploads, uploads) || !slices.EqualFunc(got, posts, slices.Equal[[]string]) {
		c.Fatalf("uploaded %q and handed in %q, want %q and %q", c.uploads, got, uploads, posts)
	}
}

// Files go up in their order, and their ids are kept before the reply is handed in: what
// is cut off there goes on with them and uploads nothing twice.
func TestFilesOfAReply(t *testing.T) {
	t.Parallel()
	c := newCounter(t)
	r := c.reply(c.file("one"), c.file("two"))
	c.onPost = func(n int, w http.ResponseWriter) bool {
		if k := c.keptNow(); k == nil || k.Files[0].Upload != "up1" || k.Files[1].Upload != "up2" {
			t.Errorf("handed in while %+v is kept", k)
		}
		return n == 1 && problem(w, http.StatusServiceUnavailable, "unavailable")
	}
	if err := c.send(r); err == nil || c.keptNow() == nil {
		t.Fatalf("sent: %v", err)
	}
	for _, f := range r.Files {
		c.write(f.Path, "another price") // too late: the hub has what was attached
	}
	if err := c.send(r); err != nil || c.keptNow() != nil {
		t.Fatalf("sent again: %v, kept %+v", err, c.keptNow())
	}
	c.want([]string{"one", "two"}, []string{"up1", "up2"}, []string{"up1", "up2"})
}

// TestFilesOfAnyName: a file is sent whatever bytes its name holds.
func TestFilesOfAnyName(t *testing.T) {
	t.Parallel()
	c := newCounter(t)
	names := []string{"見積書.pdf", "a\x1b[31mb\n.pdf", "quote \" back\\slash.pdf", "tab\tand\r.pdf", "\x8c\xa9\x90\xcf.pdf"}
	var files []model.File
	for _, name := range names {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte("%PDF-1.7"), 0o600); err != nil {
			t.Skip(err) // this file system takes no such name
		}
		f, err := outbox.CheckFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	if err := c.send(c.reply(files...)); err != nil {
		t.Fatal(err)
	}
	want := []string{"見積書.pdf", "a_[31mb_.pdf", "quote \" back\\slash.pdf", "tab_and_.pdf", "____.pdf"}
	if !slices.Equal(c.names, want) {
		t.Errorf("called %q, want %q", c.names, want)
	}
}

// An upload that fails keeps what is up already, and the reply; one that is refused
// forgets the reply, which was never handed in.
func TestAnUploadThatFails(t *testing.T) {
	t.Parallel()
	for status, kept := range map[int]bool{http.StatusServiceUnavailable: true, http.StatusTooManyRequests: true, http.StatusConflict: false} {
		c := newCounter(t)
		c.onUpload = func(n int, w http.ResponseWriter) bool { return n == 2 && problem(w, status, model.UploadQuota) }
		r := c.reply(c.file("one"), c.file("two"))
		if err := c.send(r); err == nil {
			t.Errorf("%d: no error", status)
		}
		if k := c.keptNow(); (k != nil) != kept || k != nil && (k.Files[0].Upload != "up1" || k.Files[1].Upload != "") {
			t.Errorf("%d: kept %+v", status, k)
		}
		c.want([]string{"one", "two"})
		if !kept {
			continue
		}
		c.onUpload = nil
		if err := c.send(r); err != nil {
			t.Errorf("%d, again: %v", status, err)
		}
		c.want([]string{"one", "two", "two"}, []string{"up1", "up3"})
	}
}

// A file that is another one now, or gone, does not go out: not under the same path, not
// while it is read. The reply was never handed in, so it is forgotten.
func TestAnotherFileUnderTheSamePath(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a price list ", 40_000)
	for name, c := range map[string]struct {
		change func(c *counter, f model.File) outbox.Progress
		want   error
	}{
		"changed before": {func(c *counter, f model.File) outbox.Progress {
			c.write(f.Path, strings.Replace(long, "a price", "A PRICE", 1))
			return nil
		}, outbox.ErrFileChanged},
		"gone before": {func(c *counter, f model.File) outbox.Progress {
			if err := os.Remove(f.Path); err != nil {
				c.Error(err)
			}
			return nil
		}, outbox.ErrNoFile},
		"changed while it leaves": {func(c *counter, f model.File) outbox.Progress {
			var once sync.Once
			return func(model.File, int64) {
				once.Do(func() { c.write(f.Path, strings.ReplaceAll(long, "price", "PRICE")) })
			}
		}, outbox.ErrFileChanged},
		"cut short while it leaves": {func(c *counter, f model.File) outbox.Progress {
			var once sync.Once
			return func(model.File, int64) {
				once.Do(func() {
					if err := os.Truncate(f.Path, 100); err != nil {
						c.Error(err)
					}
				})
			}
		}, outbox.ErrFileChanged},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			desk := newCounter(t)
			f := desk.file(long)
			r := desk.reply(f)
			desk.told = c.change(desk, f)
			err := desk.send(r)
			var bad *outbox.FileError
			if !errors.Is(err, c.want) || !errors.As(err, &bad) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if desk.keptNow() != nil {
				t.Error("it is kept, and can never leave")
			}
			desk.want(nil)
		})
	}
}

// A file that the hub has no more goes up again under the same id of the reply; where it
// is another one by now, nothing goes out, and the reply, which may have arrived, is kept.
func TestAnUploadThatIsGone(t *testing.T) {
	t.Parallel()
	for _, changed := range []bool{false, true} {
		c := newCounter(t)
		f := c.file("one")
		r := c.reply(f)
		c.onPost = func(n int, w http.ResponseWriter) bool {
			if n == 1 {
				return problem(w, http.StatusServiceUnavailable, "unavailable")
			}
			return n == 2 && problem(w, http.StatusConflict, model.UploadGone)
		}
		if err := c.send(r); err == nil {
			t.Fatal("sent")
		}
		if changed {
			c.write(f.Path, "another price")
		}
		err := c.send(r)
		if changed {
			if !errors.Is(err, outbox.ErrFileChanged) || c.keptNow() == nil {
				t.Errorf("changed meanwhile: %v, kept %+v", err, c.keptNow())
			}
			c.want([]string{"one"}, []string{"up1"}, []string{"up1"})
			continue
		}
		if err != nil || c.keptNow() != nil {
			t.Errorf("sent again: %v", err)
		}
		c.want([]string{"one", "one"}, []string{"up1"}, []string{"up1"}, []string{"up2"})
		if c.posts[0].ClientID != c.posts[2].ClientID {
			t.Error("it went by another id")
		}
	}
}

// The id of a kept reply with one file is not taken by one with another, or with none.
func TestAKeptReplyHasItsFiles(t *testing.T) {
	t.Parallel()
	c := newCounter(t)
	c.onUpload = func(_ int, w http.ResponseWriter) bool {
		return problem(w, http.StatusServiceUnavailable, "unavailable")
	}
	f := c.file("one")
	r := c.reply(f)
	if err := c.send(r); err == nil {
		t.Fatal("sent")
	}
	elsewhere, other := f, f
	elsewhere.Path += ".bak"
	other.SHA256 = strings.Repeat("0", len(f.SHA256))
	for name, files := range map[string][]model.File{"none": nil, "elsewhere": {elsewhere}, "another": {other}, "one more": {f, f}} {
		as := r
		as.Files = files
		if err := c.kept.Put(as); !errors.Is(err, outbox.ErrKeptOther) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := c.kept.Put(r); err != nil {
		t.Errorf("the same: %v", err)
	}
}

// Who gives up while a file leaves has handed nothing in; the reply stays kept.
func TestGivingUpWhileAFileLeaves(t *testing.T) {
	t.Parallel()
	c := newCounter(t)
	ctx, cancel := context.WithCancel(t.Context())
	r := c.reply(c.file(strings.Repeat("a price list ", 40_000)))
	told := func(model.File, int64) { cancel() }
	if _, err := c.outbox.HandIn(ctx, r, told, time.Minute); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if k := c.keptNow(); k == nil || k.Files[0].Upload != "" {
		t.Errorf("kept %+v", k)
	}
	c.want(nil)
}

// A file as large as Facebook takes is attached; a byte more is refused before it is read.
func TestTheLargestFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "film.bin")
	for size, want := range map[int64]bool{model.MaxAttachment: true, model.MaxAttachment + 1: false} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(path, size); err != nil {
			t.Fatal(err)
		}
		var r *model.Refusal
		f, err := outbox.CheckFile(path)
		if want && (err != nil || f.Size != size) || !want && (!errors.As(err, &r) || r.Code != model.AttachmentTooBig) {
			t.Errorf("%d bytes: %+v, %v", size, f, err)
		}
	}
}

// How much of a file has left is told to its last byte.
func TestProgressIsTold(t *testing.T) {
	t.Parallel()
	c := newCounter(t)
	f := c.file("x")
	var told []int64
	if _, err := outbox.Upload(t.Context(), c.client, f, func(_ model.File, sent int64) { told = append(told, sent) }); err != nil || !slices.Equal(told, []int64{1}) {
		t.Errorf("told %v, %v", told, err)
	}
}
