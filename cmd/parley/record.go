package main

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"parley/i18n"
	"parley/model"
	"parley/model/safe"
)

func (p *crmCommands) recordCommand() *cobra.Command {
	var cursor string
	cmd := &cobra.Command{
		Use: "record RECORD", Short: p.words.Say(i18n.RecordShort), Long: p.words.Say(i18n.RecordLong), Args: p.exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ref, err := p.record(args[0])
			if err != nil {
				return err
			}
			c, err := openRemote(p.program)
			if err != nil {
				return err
			}
			defer c.Close()
			v, err := c.RecordTranscripts(cmd.Context(), ref, cursor)
			if err != nil {
				return err
			}
			return p.print(v, func() { p.wholeRecord(v) })
		},
	}
	cmd.Flags().StringVar(&cursor, "cursor", "", p.words.Say(i18n.FlagCursor))
	return cmd
}

// wholeRecord prints a record: its name, then what is known of it, a line each, then what
// of conversations stands on it.
func (p *crmCommands) wholeRecord(v model.RecordView) {
	r := v.Record
	p.line(recordLine(r))
	for _, known := range []model.Untrusted{r.Organization, r.PersonName, r.Owner} {
		if known != "" {
			p.line(indent + safe.Line(known).String())
		}
	}
	for _, list := range [][]model.Untrusted{r.Emails, r.Phones} {
		for _, known := range list {
			p.line(indent + safe.Line(known).String())
		}
	}
	if r.URL != "" {
		p.line(indent + plain(r.URL).String())
	}
	for _, open := range r.Open {
		p.line(indent + recordLine(open))
	}
	p.line("")
	if len(v.Transcripts) == 0 {
		p.say(i18n.TranscriptsNone)
	}
	for i, t := range v.Transcripts {
		if i > 0 {
			p.line("")
		}
		p.transcript(t)
	}
	if v.Cursor != "" {
		p.line("")
		p.say(i18n.TranscriptsMore, "Record", plain(r.RecordRef.String()), "Cursor", plain(v.Cursor))
	}
}

// transcript prints one day: a line that names it, then who wrote when, and what below.
func (p *crmCommands) transcript(t model.Transcript) {
	zone := t.Location()
	day := plain(t.Day).String() + " (" + plain(t.Zone).String() + ")"
	p.line("── " + p.words.Say(i18n.TranscriptDay, "Day", day, "Name", safe.LineN(t.Customer, nameCells), "Page", safe.Line(t.Page), "Dot", "·"))
	author, at := "", ""
	for i, l := range t.Lines {
		who, when := safe.LineN(l.Author, nameCells).String(), p.transcriptTime(l, zone)
		if i == 0 || who != author || when != at {
			p.line(strings.TrimSpace(who + "  " + when))
		}
		author, at = who, when
		for _, s := range p.transcriptLines(l) {
			p.line(indent + s)
		}
	}
}

// transcriptTime is the time of a line, and its day where that is another than the
// transcript's.
func (p *crmCommands) transcriptTime(l model.TranscriptLine, zone *time.Location) string {
	at := l.At.In(zone).Format("15:04")
	if l.Day != "" {
		at += " (" + p.words.Say(i18n.TranscriptOfDay, "Day", plain(l.Day)) + ")"
	}
	return at
}

func (p *crmCommands) transcriptLines(l model.TranscriptLine) []string {
	var out []string
	text := safe.Body(l.Text)
	if !text.Empty() {
		out = append(out, strings.Split(text.String(), "\n")...)
	}
	if text.Cut() {
		out = append(out, p.words.Say(i18n.LinesMore))
	}
	for _, a := range l.Attachments {
		out = append(out, "["+p.words.AttachmentCalled(a, func(u model.Untrusted) string { return safe.Line(u).String() })+"]")
	}
	if l.Unsent {
		out = append(out, p.words.Say(i18n.Unsent))
	}
	if l.Edited {
		out = append(out, "("+p.words.Say(i18n.Edited)+")")
	}
	return out
}
