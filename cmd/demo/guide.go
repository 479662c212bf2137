package demo

import (
	"parley/i18n"
	"parley/sandbox/customers/tales"
	"parley/ui/guideline"
)

// guide is what the demo proposes to try, in order.
func guide(all []tales.Tale, colleague string) []guideline.Step {
	return []guideline.Step{
		{Say: i18n.GuideNext, Keys: map[string]string{"Next": "next_waiting"}, Done: []string{"next_waiting"}},
		{
			Say: i18n.GuideAsks, Args: []any{"Name", all[tales.Gift].Who.Name}, Keys: map[string]string{"Again": "resend", "Drop": "drop"}, Done: []string{"resend", "drop"},
		},
		{
			Say: i18n.GuideReply, Keys: map[string]string{"Next": "next_waiting", "Reply": "reply", "Send": "send_done"}, Done: []string{"send_done", "send"},
		},
		{Say: i18n.GuideLink, Args: []any{"Name", all[tales.Office].Who.Name}, Keys: map[string]string{"Link": "link"}, Done: []string{"link"}},
		{Say: i18n.GuideMention, Args: []any{"Name", colleague}, Keys: map[string]string{"Mentions": "filter_mentioned"}, Done: []string{"filter_mentioned"}},
		{Say: i18n.GuidePrivate, Args: []any{"Name", colleague}, Keys: map[string]string{"Palette": "palette"}, Done: []string{"make_private"}},
		{Say: i18n.GuideMore, Keys: map[string]string{"Help": "help"}, Done: []string{"help"}},
	}
}
