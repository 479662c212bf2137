package crm

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"parley/cmd/cli"
	"parley/cmd/remote"
	"parley/i18n"
	"parley/model"
	"parley/model/safe"
)

func (p *commands) recordCommand() *cobra.Command {
	var cursor string
	cmd := &cobra.Command{
		Use: "record RECORD", Short: p.Words.Say(i18n.RecordShort), Long: p.Words.Say(i18n.RecordLong), Args: p.Exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ref, err := p.record(args[0])
			if err != nil {
				return err
			}
			c, err := remote.Open(p.Program)
			if err != nil {
				return err
			}
			defer c.Close()
			v, err := c.RecordTranscripts(cmd.Context(), ref, cursor)
			if err != nil {
				return err
			}
			return p.Print(v, func() { p.wholeRecord(v) })
		},
	}
	cmd.Flags().StringVar(&cursor, "cursor", "", p.Words.Say(i18n.FlagCursor))
	return cmd
}

// wholeRecord prints a record: its name, what is known of it, and its transcripts.
func (p *commands) wholeRecord(v model.RecordView) {
	r := v.Record
	p.Line(recordLine(r))
	for _, known := range []model.Untrusted{r.Organization, r.PersonName, r.Owner} {
		if known != "" {
			p.Line(cli.Indent + safe.Line(known).String())
		}
	}
	for _, list := range [][]model.Untrusted{r.Emails, r.Phones} {
		for _, known := range list {
			p.Line(cli.Indent + safe.Line(known).String())
		}
	}
	if r.URL != "" {
		p.Line(cli.Indent + cli.Plain(r.URL).String())
	}
	for _, open := range r.Open {
		p.Line(cli.Indent + recordLine(open))
	}
	p.Line("")
	if len(v.Transcripts) == 0 {
		p.Say(i18n.TranscriptsNone)
	}
	for i, t := range v.Transcripts {
		if i > 0 {
			p.Line("")
		}
		p.transcript(t)
	}
	if v.Cursor != "" {
		p.Line("")
		p.Say(i18n.TranscriptsMore, "Record", cli.Plain(r.RecordRef.String()), "Cursor", cli.Plain(v.Cursor))
	}
}

// transcript prints one day: a line that names it, then authors, times and texts.
func (p *commands) transcript(t model.Transcript) {
	zone := t.Location()
	day := cli.Plain(t.Day).String() + " (" + cli.Plain(t.Zone).String() + ")"
	p.Line("── " + p.Words.Say(i18n.TranscriptDay, "Day", day, "Name", safe.LineN(t.Customer, cli.NameCells), "Page", safe.Line(t.Page), "Dot", "·"))
	author, at := "", ""
	for i, l := range t.Lines {
		who, when := safe.LineN(l.Author, cli.NameCells).String(), p.transcriptTime(l, zone)
		if i == 0 || who != author || when != at {
			p.Line(strings.TrimSpace(who + "  " + when))
		}
		author, at = who, when
		for _, s := range p.transcriptLines(l) {
			p.Line(cli.Indent + s)
		}
	}
}

// transcriptTime returns the time of a line, with its day if that is not the transcript's.
func (p *commands) transcriptTime(l model.TranscriptLine, zone *time.Location) string {
	at := l.At.In(zone).Format("15:04")
	if l.Day != "" {
		at += " (" + p.Words.Say(i18n.TranscriptOfDay, "Day", cli.Plain(l.Day)) + ")"
	}
	return at
}

func (p *commands) transcriptLines(l model.TranscriptLine) []string {
	var out []string
	text := safe.Body(l.Text)
	if !text.Empty() {
		out = append(out, strings.Split(text.String(), "\n")...)
	}
	if text.Cut() {
		out = append(out, p.Words.Say(i18n.LinesMore))
	}
	for _, a := range l.Attachments {
		out = append(out, "["+p.Words.AttachmentCalled(a, func(u model.Untrusted) string { return safe.Line(u).String() })+"]")
	}
	if l.Unsent {
		out = append(out, p.Words.Say(i18n.Unsent))
	}
	if l.Edited {
		out = append(out, "("+p.Words.Say(i18n.Edited)+")")
	}
	return out
}
