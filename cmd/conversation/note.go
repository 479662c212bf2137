package conversation

import (
	"path/filepath"

	"github.com/spf13/cobra"

	"parley/client/outbox"
	"parley/cmd/cli"
	"parley/cmd/remote"
	"parley/i18n"
	"parley/model"
)

func (p *commands) noteCommand() *cobra.Command {
	var encoding string
	cmd := &cobra.Command{
		Use: "note CONVERSATION TEXT|-", Short: p.Words.Say(i18n.NoteShort), Long: p.Words.Say(i18n.NoteLong), Args: p.Exactly(2),
		ValidArgsFunction: remote.Complete(p.Program, false, remote.OfferConversations(p.Program)),
		RunE: func(cmd *cobra.Command, args []string) error {
			began := p.Now()
			text, err := p.replyText(args[1], encoding)
			if err != nil {
				return err
			}
			c, err := remote.Open(p.Program)
			if err != nil {
				return err
			}
			defer c.Close()
			id, err := remote.Surely(cmd.Context(), p.Program, c, args[0])
			if err != nil {
				return err
			}
			replies := outbox.New(cmd.Context(), c, filepath.Join(p.StateDir(), cli.RepliesFolder))
			r := replies.Begun(model.Reply{Conversation: id, Text: text, Note: true, Number: began.UnixMicro()})
			m, err := replies.Send(cmd.Context(), r, nil, 0)
			if err != nil {
				return p.replyFailure(err, r.ClientID)
			}
			return p.Print(m, func() { p.Say(i18n.NoteSaid) })
		},
	}
	cmd.Flags().StringVar(&encoding, cli.FlagEncoding, "", p.Words.Say(i18n.FlagEncoding))
	return cmd
}
