package conversation

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"parley/client"
	"parley/client/downloads"
	"parley/cmd/cli"
	"parley/cmd/remote"
	"parley/i18n"
	"parley/model"
)

// savedMedia is an attachment as media prints it.
type savedMedia struct {
	ID   string          `json:"id"`
	Name model.Untrusted `json:"name"`
	Type string          `json:"type"`
	Size int64           `json:"size"`
	File string          `json:"file"`
}

// onOutput stands for the standard output, instead of a file.
const onOutput = "-"

func (p *commands) mediaCommand() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use: "media ID|CONVERSATION", Short: p.Words.Say(i18n.MediaShort), Long: p.Words.Say(i18n.MediaLong), Args: p.Exactly(1),
		ValidArgsFunction: remote.Complete(p.Program, false, remote.OfferConversations(p.Program)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if p.Seat != nil { // the file would be on the hub's machine
				return cli.Usage(p.Words.Say(i18n.WhyNoFilesHere))
			}
			c, err := remote.Open(p.Program)
			if err != nil {
				return err
			}
			defer c.Close()
			id, err := p.mediaOf(cmd.Context(), c, args[0])
			if err != nil {
				return err
			}
			d, err := c.Media(cmd.Context(), id)
			if err != nil {
				return err
			}
			return p.saveMedia(id, d, file)
		},
	}
	cmd.Flags().StringVarP(&file, "output", "o", "", p.Words.Say(i18n.FlagMediaOutput))
	return cmd
}

// mediaOf returns the id of an attachment that is named itself, or is the newest that the hub has
// of a conversation.
func (p *commands) mediaOf(ctx context.Context, c *client.Client, name string) (string, error) {
	if id := model.MediaID(name); id.Page() != "" && id.Fetched() {
		return name, nil
	}
	id, err := remote.Likely(ctx, p.Program, c, name)
	if err != nil {
		return "", err
	}
	const looked = 200
	l, err := c.Messages(ctx, id, "", looked)
	if err != nil {
		return "", err
	}
	for _, m := range slices.Backward(l.Messages) {
		for _, a := range slices.Backward(m.Attachments) {
			if a.Kept() {
				return a.ID, nil
			}
		}
	}
	return "", &cli.Failure{Exit: cli.ExitMissing, Say: p.Words.Say(i18n.ErrNoMedia)}
}

// saveMedia saves a content, by its own name in this folder where no file is given.
func (p *commands) saveMedia(id string, d model.Download, file string) error {
	if file == onOutput {
		defer func() { _ = d.Close() }()
		_, err := io.Copy(p.Out, d)
		return err
	}
	if file == "" {
		begin := make([]byte, model.SniffLen)
		n, err := io.ReadFull(d, begin)
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return err
		}
		file, _ = downloads.NameOf(d.Name, begin[:n])
		d.ReadCloser = again{io.MultiReader(strings.NewReader(string(begin[:n])), d.ReadCloser), d.ReadCloser}
	}
	if err := downloads.SaveAs(file, d, nil); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return cli.Failed(p.Words.Say(i18n.ErrFileExists, "File", cli.Plain(file)))
		}
		return cli.Failed(p.Words.Say(i18n.ErrFileNotSaved, "File", cli.Plain(file), "Reason", cli.Plain(err.Error())))
	}
	s := savedMedia{ID: id, Name: d.Name, Type: d.Type, Size: d.Size, File: file}
	return p.Print(s, func() { p.Say(i18n.MediaSaved, "File", cli.Plain(file)) })
}

// again is a content whose beginning was read before.
type again struct {
	io.Reader
	io.Closer
}
