package page

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"parley/client"
	"parley/cmd/cli"
	"parley/cmd/remote"
	"parley/i18n"
	"parley/model"
)

// How often an import is polled, and how wide its bar is.
const (
	importPoll = time.Second
	importBar  = 24
	// importNews is how often a line is printed where lines can't be overwritten.
	importNews = 10 * time.Second
)

func (p *commands) pageImportCommand() *cobra.Command {
	var cancel, status bool
	cmd := &cobra.Command{
		Use: "import [PAGE]", Short: p.Words.Say(i18n.PageImportShort), Long: p.Words.Say(i18n.PageImportLong), Args: p.AtMost(1),
		ValidArgsFunction: remote.Complete(p.Program, false, remote.OfferPages),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := remote.Open(p.Program)
			if err != nil {
				return err
			}
			defer c.Close()
			page, err := remote.Page(cmd.Context(), p.Program, c, args)
			if err != nil {
				return err
			}
			ask := c.BeginImport
			switch {
			case cancel:
				ask = c.CancelImport
			case status:
				ask = c.Import
			}
			now, err := ask(cmd.Context(), page)
			if err != nil {
				return err
			}
			if !cancel && !status {
				if now, err = p.followImport(cmd.Context(), c, page, now); err != nil {
					return err
				}
			}
			if err := p.Print(now, func() { p.Line(p.importLine(now)) }); err != nil {
				return err
			}
			if now.State == model.ImportFailed {
				return &cli.Failure{Exit: cli.ExitFailed, Code: now.Code, Say: p.Code(now.Code, "")}
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.BoolVar(&cancel, "cancel", false, p.Words.Say(i18n.FlagImportCancel))
	f.BoolVar(&status, "status", false, p.Words.Say(i18n.FlagImportStatus))
	return cmd
}

// followImport shows the progress until the import ends. Leaving does not stop it.
func (p *commands) followImport(ctx context.Context, c *client.Client, page model.PageID, now model.Import) (model.Import, error) {
	_, _, draws := p.Terminal()
	draws = draws && !p.JSON
	poll := time.NewTicker(importPoll)
	defer poll.Stop()
	var told time.Time
	for now.State.Active() {
		switch {
		case p.JSON:
		case draws:
			p.drawLine(p.importLine(now))
		case p.Now().Sub(told) >= importNews:
			told = p.Now()
			p.Line(p.importLine(now))
		}
		select {
		case <-ctx.Done():
			if draws {
				p.Line("")
			}
			p.progress(p.Words.Say(i18n.ImportGoesOn, "Page", string(page)))
			return now, ctx.Err()
		case <-poll.C:
		}
		next, err := c.Import(ctx, page)
		if err != nil && ctx.Err() == nil {
			return now, err
		}
		if err == nil {
			now = next
		}
	}
	if draws {
		p.drawLine("")
	}
	return now, nil
}

// drawLine overwrites the line drawn before.
func (p *commands) drawLine(line string) { _, _ = fmt.Fprint(p.Out, "\r\x1b[K"+line) }

// importLine returns the progress of an import: a bar if the total is known, count, rate and
// time left.
func (p *commands) importLine(i model.Import) string {
	parts := []string{p.Words.Say(i18n.ImportState(string(i.State)))}
	count := p.Words.Say(i18n.ImportCount, "N", group(i.Threads), "Messages", group(i.Messages))
	if i.Total > 0 && i.State != model.ImportDone {
		done := int(min(i.Threads, i.Total) * importBar / i.Total)
		parts = append(parts, "["+strings.Repeat("#", done)+strings.Repeat(".", importBar-done)+"]")
		count = p.Words.Say(i18n.ImportCountOf, "N", group(i.Threads), "Total", group(i.Total), "Messages", group(i.Messages))
	}
	parts = append(parts, count)
	if rate := i.Rate(); rate > 0 && i.State.Active() {
		parts = append(parts, p.Words.Say(i18n.ImportRate, "Rate", fmt.Sprintf("%.0f", rate)))
	}
	if left, ok := i.Left(); ok {
		parts = append(parts, p.Words.Say(i18n.ImportLeft, "Left", left.String()))
	}
	if i.Code != "" {
		parts = append(parts, p.Code(i.Code, ""))
	}
	return strings.Join(parts, "  ")
}

// group formats a number with commas between thousands.
func group(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
