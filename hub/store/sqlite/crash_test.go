package sqlite

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/hub/store"
	"parley/model"
)

// childVariable names the file that a child process writes until it is killed.
const childVariable = "PARLEY_STORE_TEST_CHILD"

const (
	crashRounds  = 2
	crashWriters = 8
	crashAcks    = 200
)

// child writes to the store in that file from several goroutines, and says of
// each message that it was acknowledged. It ends only by being killed.
func child(path string) {
	s, err := Open(context.Background(), path, Options{Exclusive: true})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for w := range crashWriters {
		wg.Go(func() {
			page := model.PageID(fmt.Sprint("p", w%2))
			for n := 0; ; n++ {
				id := fmt.Sprintf("%d-%d-%d", os.Getpid(), w, n)
				if err := writeBoth(s, page, id, n); err != nil {
					fmt.Fprintln(os.Stderr, err)
					return
				}
				mu.Lock()
				fmt.Fprintln(os.Stdout, page, id)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}

// writeBoth stores a message and its conversation in one transaction.
func writeBoth(s *Store, page model.PageID, id string, n int) error {
	conversation := store.Conversation{Conversation: model.Conversation{
		ID: model.NewConversationID(page, model.PSID(id)), PageID: page, Status: model.Open,
		Customer: model.Customer{PSID: model.PSID(id)}, UpdatedAt: start.Add(time.Duration(n) * time.Second),
	}}
	m := store.Message{
		Message: model.Message{
			ID: model.NewMessageID(page, id), ConversationID: conversation.ID, MID: model.MID(id),
			Direction: model.In, Text: "hello",
		},
		Order: conversation.UpdatedAt, MetaTime: true,
	}
	return s.Write(context.Background(), page, func(tx store.PageTx) error {
		return errors.Join(tx.PutMessage(&m), tx.PutConversation(&conversation))
	})
}

// TestKilled: what was acknowledged is there after the process was killed at any
// moment, and the logs have no gap.
func TestKilled(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "hub.db")
	s, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	for _, page := range []model.PageID{"p0", "p1"} {
		if err := putPage(s, page); err != nil {
			t.Fatalf("put page: %v", err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	acked := make(map[model.MessageID]bool)
	for range crashRounds {
		for _, line := range runAndKill(t, path) {
			page, id, ok := strings.Cut(line, " ")
			if !ok {
				t.Fatalf("child wrote %q", line)
			}
			acked[model.NewMessageID(model.PageID(page), id)] = true
		}
		checkKilled(t, path, acked)
	}
}

// runAndKill runs a child, kills it in the midst of its writing, and returns the
// whole lines that it wrote.
func runAndKill(t *testing.T, path string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatalf("pipe: %v", err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start child: %v", err)
	}
	var lines []string
	r := bufio.NewReader(out)
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			break // what follows the last line break was cut off by the kill
		}
		lines = append(lines, strings.TrimSuffix(line, "\n"))
		if len(lines) == crashAcks {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatalf("kill: %v", err)
			}
		}
	}
	_ = cmd.Wait()
	if len(lines) < crashAcks {
		t.Fatalf("child wrote %d lines", len(lines))
	}
	return lines
}

func checkKilled(t *testing.T, path string, acked map[model.MessageID]bool) {
	t.Helper()
	s, err := Open(t.Context(), path, Options{Exclusive: true})
	if err != nil {
		t.Fatalf("open after the kill: %v", err)
	}
	defer closeStore(t, s)
	err = s.Read(t.Context(), func(r store.Reader) error {
		for id := range acked {
			if _, err := r.Message(id); err != nil {
				t.Errorf("acknowledged: %v", err)
			}
		}
		for _, page := range []model.PageID{"p0", "p1"} {
			rows, err := r.Events(page, 0, 1<<20)
			if err != nil {
				return err
			}
			for i, row := range rows {
				if row.Seq != int64(i)+1 {
					t.Fatalf("row %d of %s has seq %d", i, page, row.Seq)
				}
			}
			if head, err := r.Head(page); err != nil || head != int64(len(rows)) {
				t.Errorf("head %d of %d rows: %v", head, len(rows), err)
			}
		}
		return nil
	})
	if err != nil {
		t.Errorf("read after the kill: %v", err)
	}
}
