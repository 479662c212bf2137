package conversation

import (
	"fmt"
	"sync"
	"time"

	"github.com/charmbracelet/x/term"

	"parley/client/outbox"
	"parley/cmd/cli"
	"parley/i18n"
	"parley/model"
)

// attached checks the files to send, before anything is sent.
func (p *commands) attached(paths []string) ([]model.File, error) {
	if len(paths) == 0 {
		return nil, nil
	}
	if p.Seat != nil { // the file would be on the hub's machine
		return nil, cli.Usage(p.Words.Say(i18n.WhyNoFilesHere))
	}
	if len(paths) > model.MaxAttachments {
		return nil, cli.Usage(p.Words.Say(i18n.ErrManyFiles, "N", model.MaxAttachments))
	}
	var out []model.File
	for _, path := range paths {
		f, err := outbox.CheckFile(path)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// progressEvery is how often upload progress is shown on a terminal.
const progressEvery = 200 * time.Millisecond

// progress shows upload progress on a terminal. done removes its line.
func (p *commands) progress() (told outbox.Progress, done func()) {
	out, ok := p.Err.(interface{ Fd() uintptr })
	if !ok || !term.IsTerminal(out.Fd()) {
		return nil, func() {}
	}
	var mu sync.Mutex
	var began, last time.Time
	var of string
	shown := false
	told = func(f model.File, sent int64) {
		mu.Lock()
		defer mu.Unlock()
		now := p.Now()
		if f.Path != of {
			of, began, last = f.Path, now, time.Time{}
		}
		if now.Sub(last) < progressEvery {
			return
		}
		last, shown = now, true
		rate := float64(sent) / max(now.Sub(began).Seconds(), 0.001)
		_, _ = fmt.Fprintf(p.Err, "\r\x1b[K%s", p.Words.Say(i18n.UploadProgress,
			"File", cli.Plain(f.Path), "Sent", megabytes(sent), "All", megabytes(f.Size), "Rate", megabytes(int64(rate))))
	}
	return told, func() {
		mu.Lock()
		defer mu.Unlock()
		if shown {
			_, _ = fmt.Fprint(p.Err, "\r\x1b[K")
		}
	}
}

// megabytes formats a number of bytes.
func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
