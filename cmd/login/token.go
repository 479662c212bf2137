package login

import (
	"github.com/spf13/cobra"

	"parley/cmd/cli"
	"parley/cmd/remote"
	"parley/i18n"
	"parley/model"
)

func (p *commands) tokenCommand() *cobra.Command {
	return p.Group("token", i18n.TokenShort, p.tokenListCommand(), p.tokenRevokeCommand())
}

func (p *commands) tokenListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: p.Words.Say(i18n.TokenListShort), Args: p.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := remote.Open(p.Program)
			if err != nil {
				return err
			}
			defer c.Close()
			tokens, err := c.Tokens(cmd.Context())
			if err != nil {
				return err
			}
			return p.Print(struct {
				Tokens []model.Token `json:"tokens"`
			}{tokens}, func() { p.tokenList(tokens) })
		},
	}
}

func (p *commands) tokenList(tokens []model.Token) {
	var t cli.Table
	for _, token := range tokens {
		used := p.Words.Say(i18n.TokenUnused)
		if token.LastUsedAt != nil {
			used = p.Words.Say(i18n.TokenUsed, "Time", p.Clock(*token.LastUsedAt))
		}
		current := ""
		if token.Current {
			current = p.Words.Say(i18n.TokenCurrent)
		}
		t.Row(cli.Plain(string(token.ID)).String(), p.Words.Say(i18n.TokenSince, "Time", p.Clock(token.CreatedAt)), used, current)
	}
	p.Table(t)
}

func (p *commands) tokenRevokeCommand() *cobra.Command {
	return &cobra.Command{
		Use: "revoke ID", Short: p.Words.Say(i18n.RevokeShort), Args: p.Exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := remote.Open(p.Program)
			if err != nil {
				return err
			}
			defer c.Close()
			id := model.TokenID(args[0])
			if err := c.RevokeToken(cmd.Context(), id); err != nil {
				return err
			}
			return p.Print(struct {
				Revoked model.TokenID `json:"revoked"`
			}{id}, func() { p.Say(i18n.TokenRevoked) })
		},
	}
}
