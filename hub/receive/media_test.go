package receive_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/hub"
	"parley/hub/hubtest"
	"parley/hub/media"
	"parley/model"
)

// cdn plays Meta's servers of what was sent: it answers by the path.
type cdn struct {
	mu    sync.Mutex
	asked []string
	// status is what a path is answered with; 0: its content, which is the path.
	status map[string]int
	// slow are paths that are not answered until the caller gives up.
	slow map[string]bool
}

// RoundTrip implements [http.RoundTripper].
func (c *cdn) RoundTrip(r *http.Request) (*http.Response, error) {
	c.mu.Lock()
	c.asked = append(c.asked, r.URL.Path)
	status, slow := c.status[r.URL.Path], c.slow[r.URL.Path]
	c.mu.Unlock()
	if slow {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	if status == 0 {
		status = http.StatusOK
	}
	body := []byte("\x89PNG\r\n\x1a\n" + strings.TrimSuffix(r.URL.Path, "/again"))
	if r.Header.Get("Authorization") != "" || r.Header.Get("Cookie") != "" {
		return nil, errors.New("asked with a credential")
	}
	return &http.Response{StatusCode: status, ContentLength: int64(len(body)), Body: io.NopCloser(bytes.NewReader(body)), Header: http.Header{}, Request: r}, nil
}

func (c *cdn) set(path string, status int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.status[path] = status
}

func (c *cdn) times(path string) (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.asked {
		if p == path {
			n++
		}
	}
	return n
}

// inMediaWorld runs a test on a hub that keeps what is sent in a folder.
func inMediaWorld(t *testing.T, f func(t *testing.T, w *hubtest.World, c *cdn, dir string)) {
	t.Helper()
	hubtest.InWorld(t, func(t *testing.T, w *hubtest.World) {
		c, dir := &cdn{status: map[string]int{}, slow: map[string]bool{}}, filepath.Join(t.TempDir(), "media")
		w.Media = &hub.Media{Folder: media.OpenFolder(dir), GraphURL: "https://graph.facebook.com", Quota: 1 << 20, Transport: c}
		w.Restart()
		f(t, w, c, dir)
	})
}

// sent is a message with a picture at a path of Meta's.
func sent(customer model.PSID, mid model.MID, path string, at time.Time) model.Inbound {
	return hubtest.WithMID(hubtest.Event("message", customer, at, model.CustomerMessage{
		MID: mid, Attachments: []model.Attachment{{ID: "1", Type: "image", URL: model.Untrusted("https://scontent.xx.fbcdn.net" + path)}},
	}), mid)
}

// files returns how many contents are on the disk; none is open to others.
func files(t *testing.T, dir string) (n int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is open to others: %s", path, info.Mode())
		}
		if !e.IsDir() {
			n++
		}
		return err
	})
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return n
}

// readable reports whether a user reads what a message shows.
func readable(t *testing.T, w *hubtest.World, u model.User, mid model.MID) error {
	t.Helper()
	c, err := w.Hub.Media(w.Ctx, u, model.MediaID(w.ByMID(mid).Attachments[0].ID))
	if err != nil {
		return err
	}
	return c.File.Close()
}

// TestMediaIsFetchedBeside: the message is stored before; what could not be fetched is tried
// again, also by the next hub; what Meta refuses is given up, and the message says so.
func TestMediaIsFetchedBeside(t *testing.T) {
	inMediaWorld(t, func(t *testing.T, w *hubtest.World, c *cdn, dir string) {
		c.set("/later.png", http.StatusBadGateway)
		c.set("/never.png", http.StatusForbidden)
		c.slow["/slow.png"] = true
		w.Receive(sent(hubtest.Hanako, "now", "/now.png", hubtest.Ago(time.Minute)), sent(hubtest.Hanako, "later", "/later.png", hubtest.Ago(time.Minute)),
			sent(hubtest.Hanako, "never", "/never.png", hubtest.Ago(time.Minute)), sent(hubtest.Ken, "slow", "/slow.png", hubtest.Ago(time.Minute)))
		if a := w.ByMID("now").Attachments[0]; !a.Kept() || a.Media.Type != "image/png" || a.Size == 0 || a.Title != "now.png" {
			t.Errorf("fetched: %+v, %+v", a, a.Media)
		}
		w.WantRefused(readable(t, w, w.Ann, "later"), model.MediaNotYet)
		head := w.Head()
		w.Restart()
		c.set("/later.png", 0)
		w.Pass(time.Hour)
		if a := w.ByMID("later").Attachments[0]; !a.Kept() {
			t.Errorf("not tried again: %+v", a.Media)
		}
		if a := w.ByMID("never").Attachments[0]; a.Media.State != model.MediaGone || a.Media.Reason != model.MediaRefused || c.times("/never.png") != 3 {
			t.Errorf("refused %d times: %+v", c.times("/never.png"), a.Media)
		}
		if w.Head() == head {
			t.Error("nobody is told that the messages changed")
		}
		w.WantRefused(readable(t, w, w.Ann, "never"), model.MediaIsGone)
		w.Must(readable(t, w, w.Ann, "later"))
		w.WantNoGaps()
		if n := files(t, dir); n != 2 {
			t.Errorf("%d files", n)
		}
	})
}

// TestMediaGoesWithItsMessage: nothing of a deleted conversation, or of a message that was taken
// back, is on the disk, but for what another message has.
func TestMediaGoesWithItsMessage(t *testing.T) {
	inMediaWorld(t, func(t *testing.T, w *hubtest.World, c *cdn, dir string) {
		at := hubtest.Ago(time.Minute)
		c.slow["/coming.png"] = true
		w.Receive(sent(hubtest.Hanako, "a", "/a.png", at), sent(hubtest.Hanako, "both", "/both.png", at), sent(hubtest.Hanako, "coming", "/coming.png", at),
			sent(hubtest.Ken, "also", "/both.png/again", at), sent(hubtest.Ken, "regrets", "/b.png", at))
		if n := files(t, dir); n != 3 {
			t.Fatalf("%d files", n)
		}
		w.Delete(w.Ann, hubtest.Hanako)
		if n := files(t, dir); n != 2 {
			t.Errorf("%d files after a conversation was deleted", n)
		}
		w.Must(readable(t, w, w.Ben, "also"))
		id := model.MediaID(w.ByMID("regrets").Attachments[0].ID)
		w.Receive(hubtest.Event("message", hubtest.Ken, hubtest.Now(), model.Unsend{Target: "regrets"}))
		if n := files(t, dir); n != 1 {
			t.Errorf("%d files after a message was taken back", n)
		}
		_, err := w.Hub.Media(w.Ctx, w.Ann, id)
		w.WantHidden(err)
	})
}

// TestMediaIsKeptWithinBounds: what is oldest goes first, and its message says so.
func TestMediaIsKeptWithinBounds(t *testing.T) {
	inMediaWorld(t, func(t *testing.T, w *hubtest.World, _ *cdn, dir string) {
		w.Stop()
		w.Media.Quota, w.Media.Age = 60, 10*hubtest.Day
		w.Start()
		for i, mid := range []model.MID{"oldest", "older", "newest"} { // 19, 18 and 19 bytes
			w.Receive(sent(hubtest.Hanako, mid, "/"+string(mid)+".png", hubtest.Ago(time.Duration(3-i)*time.Hour)))
		}
		if n := files(t, dir); n != 3 {
			t.Fatalf("%d files", n)
		}
		w.Receive(sent(hubtest.Hanako, "one-more", "/one-more.png", hubtest.Ago(time.Minute)))
		if m := w.ByMID("oldest").Attachments[0].Media; m.State != model.MediaGone || m.Reason != model.MediaExpired {
			t.Errorf("the oldest is %+v", m)
		}
		if n := files(t, dir); n != 3 {
			t.Errorf("%d files beyond the quota", n)
		}
		w.Skip(11 * hubtest.Day)
		if n := files(t, dir); n != 0 {
			t.Errorf("%d files past their age", n)
		}
	})
}
