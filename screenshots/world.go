package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// world is a sandbox and a hub, each a process of its own, with a Page and its customers, to take
// pictures of.
type world struct {
	program, dir, listen, token string
	facebook                    facebook
	sandbox, hub                *exec.Cmd
}

// facebook is the sandbox's description of itself and of its Pipedrive.
type facebook struct {
	GraphURL    string `json:"graph_url"`
	PageID      string `json:"page_id"`
	PageToken   string `json:"page_token"`
	AppID       string `json:"app_id"`
	AppSecret   string `json:"app_secret"`
	VerifyToken string `json:"verify_token"`
	ControlURL  string `json:"control_url"`

	PipedriveURL   string `json:"pipedrive_url"`
	PipedriveToken string `json:"pipedrive_token"`
}

// newWorld starts a world whose Page has that many old conversations. Its customers write only
// when told to.
func newWorld(ctx context.Context, program, dir string, history int) (*world, error) {
	w := &world{program: program, dir: dir}
	var err error
	if w.listen, err = freeAddress(ctx); err != nil {
		return nil, err
	}
	if err := w.startSandbox(ctx, history); err != nil {
		return w, err
	}
	var user struct{ Token string }
	if err := w.run(ctx, &user, "user", "add", "Aiko", "--email", "installer@example.com", "--admin", "--token"); err != nil {
		return w, err
	}
	w.token = user.Token
	return w, w.startHub(ctx)
}

// freeAddress returns a free address of this machine.
func freeAddress(ctx context.Context) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// environment returns the minimal environment, so that nothing of this machine shows in a picture.
func (w *world) environment(more ...string) []string {
	env := []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + w.dir, "TZ=" + afternoon(time.Now()), "LANG=en_US.UTF-8",
		"XDG_DATA_HOME=" + filepath.Join(w.dir, "data"), "XDG_CONFIG_HOME=" + filepath.Join(w.dir, "config"),
		"XDG_STATE_HOME=" + filepath.Join(w.dir, "state"), "XDG_CACHE_HOME=" + filepath.Join(w.dir, "cache"),
		"PARLEY_HUB=http://" + w.listen, "PARLEY_TOKEN=" + w.token, "PARLEY_LISTEN=" + w.listen,
		"PARLEY_META_GRAPH_URL=" + w.facebook.GraphURL, "PARLEY_META_APP_ID=" + w.facebook.AppID,
		"PARLEY_META_APP_SECRET=" + w.facebook.AppSecret, "PARLEY_META_VERIFY_TOKEN=" + w.facebook.VerifyToken,
		"PARLEY_PIPEDRIVE_URL=" + w.facebook.PipedriveURL, "PARLEY_PIPEDRIVE_TOKEN=" + w.facebook.PipedriveToken,
		// A reply with unknown outcome asks at once, not after two minutes.
		"PARLEY_TIMING_ASK_AFTER=1s", "PARLEY_TIMING_UNKNOWN_CHECKS=30s", "PARLEY_TIMING_CHECK_GRACE=1s",
	}
	return append(env, more...)
}

// afternoon returns a time zone in which it is early afternoon now: pictures show a working day,
// whenever they are taken, and what was written this morning is of today.
func afternoon(now time.Time) string {
	const hour = 14
	ahead := (hour - now.UTC().Hour() + 24) % 24
	if ahead > 12 {
		ahead -= 24
	}
	return fmt.Sprintf("Etc/GMT%+d", -ahead) // the sign in these names means west
}

func (w *world) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, w.program, args...) //nolint:gosec // the program that pictures are taken of
	cmd.Env = w.environment()
	return cmd
}

// run runs one command and decodes its output.
func (w *world) run(ctx context.Context, answer any, args ...string) error {
	cmd := w.command(ctx, append(args, "--json")...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("parley %s: %w\n%s", strings.Join(args, " "), err, said.String())
	}
	if answer == nil {
		return nil
	}
	if err := json.Unmarshal(out, answer); err != nil {
		return fmt.Errorf("parley %s: %w", strings.Join(args, " "), err)
	}
	return nil
}

// runAs runs one command as another user.
func (w *world) runAs(ctx context.Context, token string, args ...string) error {
	cmd := w.command(ctx, args...)
	cmd.Env = append(cmd.Env, "PARLEY_TOKEN="+token)
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("parley %s: %w\n%s", strings.Join(args, " "), err, said)
	}
	return nil
}

func (w *world) startSandbox(ctx context.Context, history int) error {
	w.sandbox = w.command(ctx, "sandbox", "--json", "--rate", "0", "--seed", "7", "--customers", "0", "--conversations", fmt.Sprint(history))
	out, err := w.sandbox.StdoutPipe()
	if err != nil {
		return err
	}
	if err := w.sandbox.Start(); err != nil {
		return fmt.Errorf("start the sandbox: %w", err)
	}
	if err := json.NewDecoder(out).Decode(&w.facebook); err != nil {
		return fmt.Errorf("read what the sandbox says: %w", err)
	}
	return nil
}

// startHub starts the hub, unless it runs, and waits until it answers.
func (w *world) startHub(ctx context.Context) error {
	if w.hub != nil {
		return nil
	}
	w.hub = w.command(ctx, "hub")
	log, err := os.Create(filepath.Join(w.dir, "hub.log"))
	if err != nil {
		return err
	}
	w.hub.Stdout, w.hub.Stderr = log, log
	if err := w.hub.Start(); err != nil {
		return errors.Join(fmt.Errorf("start the hub: %w", err), log.Close())
	}
	if err := log.Close(); err != nil {
		return err
	}
	return w.eventually(ctx, "wait for the hub", func() bool { return w.run(ctx, nil, "whoami") == nil })
}

// stopHub stops the hub abruptly, as if its machine was gone.
func (w *world) stopHub() {
	if w.hub == nil {
		return
	}
	_ = w.hub.Process.Kill()
	_ = w.hub.Wait()
	w.hub = nil
}

func (w *world) close() {
	w.stopHub()
	if w.sandbox != nil && w.sandbox.Process != nil {
		_ = w.sandbox.Process.Signal(syscall.SIGTERM)
		_ = w.sandbox.Wait()
	}
}

// connect connects the Page.
func (w *world) connect(ctx context.Context) error {
	file := filepath.Join(w.dir, "page.token")
	if err := os.WriteFile(file, []byte(w.facebook.PageToken), 0o600); err != nil {
		return err
	}
	return w.run(ctx, nil, "page", "connect", "--page", w.facebook.PageID, "--token-file", file)
}

// control makes a call to the sandbox's control API.
func (w *world) control(ctx context.Context, path string, body any) error {
	b, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.facebook.ControlURL+path, bytes.NewReader(b))
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode >= http.StatusBadRequest {
		said, _ := io.ReadAll(res.Body)
		return fmt.Errorf("sandbox, %s: %s: %s", path, res.Status, said)
	}
	return nil
}

// events returns the names of the events that the sandbox can play.
func (w *world) events(ctx context.Context) ([]string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.facebook.ControlURL+"/events", nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	var list struct{ Events []struct{ Name string } }
	if err := json.NewDecoder(res.Body).Decode(&list); err != nil {
		return nil, fmt.Errorf("sandbox, events: %w", err)
	}
	names := make([]string, 0, len(list.Events))
	for _, e := range list.Events {
		names = append(names, e.Name)
	}
	return names, nil
}

// write makes customers write their messages, and waits until the hub has them: oldest first, so
// that the inbox does not depend on chance.
func (w *world) write(ctx context.Context, customers []customer) error {
	type line struct {
		customer
		message
	}
	var all []line
	for _, c := range customers {
		for _, m := range c.writes {
			all = append(all, line{c, m})
		}
	}
	slices.SortStableFunc(all, func(a, b line) int { return int(b.ago - a.ago) })
	now := time.Now()
	for _, l := range all {
		body := map[string]any{"name": l.name, "locale": l.locale, "at": now.Add(-l.ago).UnixMilli()}
		if l.text != "" {
			body["text"] = l.text
		}
		if l.attached != nil {
			body["attachments"] = []any{l.attached}
		}
		if err := w.control(ctx, "/customers/"+l.psid+"/messages", body); err != nil {
			return err
		}
	}
	return w.eventually(ctx, "wait for what customers wrote", func() bool {
		known, err := w.conversations(ctx)
		return err == nil && !slices.ContainsFunc(customers, func(c customer) bool { return known[c.name].newest != c.writes[len(c.writes)-1].text })
	})
}

// conversation is the part of a conversation that we need.
type conversation struct{ id, newest string }

// conversations returns the hub's conversations by the customer's name.
func (w *world) conversations(ctx context.Context) (map[string]conversation, error) {
	var list struct {
		Conversations []struct {
			ID          string
			Customer    struct{ Name string }
			LastMessage *struct{ Text string } `json:"last_message"`
		}
	}
	if err := w.run(ctx, &list, "list", "--limit", "1000"); err != nil {
		return nil, err
	}
	out := map[string]conversation{}
	for _, c := range list.Conversations {
		known := conversation{id: c.ID}
		if c.LastMessage != nil {
			known.newest = c.LastMessage.Text
		}
		out[c.Customer.Name] = known
	}
	return out, nil
}

// reply sends a reply to a customer.
func (w *world) reply(ctx context.Context, name, text string) error {
	all, err := w.conversations(ctx)
	if err != nil {
		return err
	}
	return w.run(ctx, nil, "reply", all[name].id, text)
}

// eventually waits until a condition holds.
func (w *world) eventually(ctx context.Context, what string, so func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(5 * lookAgain)
	defer tick.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%s: %w", what, ctx.Err())
		}
	}
	return nil
}
