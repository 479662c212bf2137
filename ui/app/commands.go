package app

import (
	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/command"
	list "parley/ui/inbox"
	"parley/ui/term"
)

type cmd = command.Command

// commands is the screen, as its commands see it.
type commands struct{ *Model }

// table is everything that the user can do, and what they might look for and can't.
// Dispatch, footer, help and palette come from this table; i18n/screen.*.toml says
// what each does.
func (m commands) table() []cmd {
	var all []cmd
	for _, part := range [][]cmd{m.moving(), m.answering(), m.writing(), m.readOnly(m.triaging()), m.readOnly(m.linking()), m.finding(), m.looking(), m.guided(), m.impossible()} {
		all = append(all, part...)
	}
	return all
}

func (m commands) moving() []cmd {
	return []cmd{
		{ID: "down", Keys: []string{"j", "down"}, Scope: command.Panes, Hidden: true, Run: func() tea.Cmd { return m.panes.move(1) }},
		{ID: "up", Keys: []string{"k", "up"}, Scope: command.Panes, Hidden: true, Run: func() tea.Cmd { return m.panes.move(-1) }},
		{ID: "half_down", Keys: []string{"ctrl+d", "pgdown"}, Scope: command.Panes, Hidden: true, Run: func() tea.Cmd { return m.panes.half(1) }},
		{ID: "half_up", Keys: []string{"ctrl+u", "pgup"}, Scope: command.Panes, Hidden: true, Run: func() tea.Cmd { return m.panes.half(-1) }},
		{ID: "first", Keys: []string{"g", "home"}, Scope: command.Panes, Hidden: true, Run: func() tea.Cmd { return m.panes.end(false) }},
		{ID: "last", Keys: []string{"G", "end"}, Scope: command.Panes, Hidden: true, Run: func() tea.Cmd { return m.panes.end(true) }},
		{ID: "open", Keys: []string{"enter", "l", "right"}, Scope: command.List, Selected: true, Reason: m.NeedsConversation, Run: m.inbox.OpenSelected},
		{ID: "back", Keys: []string{"esc", "h", "left"}, Scope: command.Panes, Hidden: true, Run: m.panes.back},
		{ID: "next_pane", Keys: []string{"tab"}, Scope: command.Panes, Hidden: true, Run: func() tea.Cmd { return m.panes.turn(1) }},
		{ID: "previous_pane", Keys: []string{"shift+tab"}, Scope: command.Panes, Hidden: true, Run: func() tea.Cmd { return m.panes.turn(-1) }},
		{ID: "next_waiting", Keys: []string{"N"}, Scope: command.Panes, Run: m.inbox.Turns.Next},
		{ID: "repaint", Keys: []string{"ctrl+l"}, Scope: command.Anywhere, Run: func() tea.Cmd { return term.Repaint }},
		{ID: "mouse", Keys: []string{"M"}, Scope: command.Panes, Run: m.pointer.Turn},
		{ID: "connect", Keys: []string{"ctrl+r"}, Scope: command.Anywhere, Reason: m.needsConnecting, Run: m.connectNow},
		{ID: "suspend", Keys: []string{"ctrl+z"}, Scope: command.Anywhere, Reason: m.needsShell, Run: func() tea.Cmd { return tea.Suspend }},
		{ID: "quit", Keys: []string{"q", "ctrl+c"}, Scope: command.Panes, Run: m.quit},
	}
}

func (m commands) answering() []cmd {
	return []cmd{
		{ID: "reply", Keys: []string{"r"}, Scope: command.Panes, Selected: true, Reason: m.inbox.Bulk.NeedsOne, Run: m.writer.OpenComposer},
		{ID: "send_done", Keys: []string{"alt+s", "ctrl+enter"}, Scope: command.Composer, Reason: m.finishing.NeedsTyped, Run: m.sendDone},
		{ID: "quote", Keys: []string{"Q"}, Scope: command.Thread, Message: true, Reason: m.conversation.NeedsQuotable, Run: m.writer.Quote},
		{ID: "attach", Keys: []string{"A"}, Scope: command.Thread, Reason: m.writer.Attacher.Needs, Run: m.writer.Attacher.Ask},
		{ID: "react", Keys: []string{"+"}, Scope: command.Thread, Message: true, Reason: m.conversation.NeedsReactable, Run: m.conversation.React},
		{ID: "expand", Keys: []string{"enter"}, Scope: command.Thread, Message: true, Reason: m.NeedsOpen, Run: m.enter},
		{ID: "note", Keys: []string{"I"}, Scope: command.Panes, Selected: true, Reason: m.inbox.Bulk.NeedsOne, Run: m.writer.OpenNote},
		{ID: "resend", Keys: []string{"R"}, Scope: command.Thread, Message: true, Reason: m.writer.NeedsAsking, Run: m.writer.Resend},
		{ID: "send_later", Keys: []string{"alt+l"}, Scope: command.Anywhere, Reason: m.later.Needs, Run: m.later.Ask},
		{ID: "send_held", Scope: command.Panes, Reason: m.writer.Hold.NeedsHeld, Run: m.sendHeld},
		{ID: "drop", Keys: []string{"D"}, Scope: command.Thread, Danger: true, Message: true, Reason: m.writer.NeedsDroppable, Run: m.writer.GiveUp},
		{ID: "drafts", Keys: []string{"d"}, Scope: command.Panes, Run: m.drafts.List},
		{ID: "copy", Keys: []string{"y"}, Scope: command.Panes, Selected: true, Message: true, Reason: m.conversation.NeedsMessage, Run: m.conversation.CopyText},
		{ID: "open_address", Keys: []string{"o"}, Scope: command.Thread, Message: true, Reason: m.browse.Needs, Run: m.browse.Open},
		{ID: "share", Keys: []string{"m"}, Scope: command.Panes, Reason: m.NeedsPage, Run: m.page.Share},
	}
}

func (m commands) writing() []cmd {
	places := make([]string, 0, macroKeys)
	for i := range macroKeys {
		places = append(places, "alt+"+string(rune('1'+i)))
	}
	return []cmd{
		{ID: "snippet", Keys: []string{"tab"}, Scope: command.Composer, Hidden: true, Reason: m.snippets.NeedsName, Run: m.snippets.Expand},
		{ID: "snippets", Keys: []string{"ctrl+o"}, Scope: command.Working, Selected: true, Reason: m.snippets.NeedsText, Run: m.snippets.Pick},
		{ID: "macro", Keys: places, Scope: command.Working, Hidden: true, Reason: m.snippets.NeedsRoom, Run: m.runPlace},
		{ID: "editor", Keys: []string{"ctrl+g"}, Scope: command.Composer, Hidden: true, Reason: m.editor.NeedsEditor, Run: m.editor.Open},
		{ID: "manage_snippets", Scope: command.Panes, Run: m.snippets.Manage},
	}
}

func (m commands) triaging() []cmd {
	return []cmd{
		{ID: "done", Keys: []string{"e"}, Scope: command.Panes, Selected: true, Reason: m.NeedsConversation, Run: m.inbox.Finish},
		{ID: "snooze", Keys: []string{"s"}, Scope: command.Panes, Selected: true, Reason: m.NeedsConversation, Run: m.inbox.Snooze},
		{ID: "pin", Keys: []string{"p"}, Scope: command.Panes, Selected: true, Reason: m.NeedsConversation, Run: m.inbox.Pin},
		{ID: "assign", Keys: []string{"a"}, Scope: command.Panes, Selected: true, Reason: m.NeedsConversation, Run: m.inbox.Assign},
		{ID: "label", Keys: []string{"t"}, Scope: command.Panes, Selected: true, Reason: m.NeedsConversation, Run: m.labels.Ask},
		{ID: "read", Keys: []string{"u"}, Scope: command.Panes, Selected: true, Reason: m.NeedsConversation, Run: m.inbox.ToggleRead},
		{ID: "choose", Keys: []string{"x"}, Scope: command.List, Reason: m.NeedsConversation, Run: m.inbox.Bulk.Choose},
		{ID: "choose_range", Keys: []string{"X"}, Scope: command.List, Reason: m.NeedsConversation, Run: m.inbox.Bulk.ChooseRange},
		{ID: "choose_all", Keys: []string{"*"}, Scope: command.List, Reason: m.NeedsConversation, Run: m.inbox.Bulk.ChooseAll},
		{ID: "undo", Keys: []string{"z"}, Scope: command.Panes, Reason: m.NeedsUndo, Run: m.UndoLast},
		{ID: "undo_list", Keys: []string{"U"}, Scope: command.Panes, Reason: m.NeedsDone, Run: m.ListUndo},
	}
}

func (m commands) linking() []cmd {
	create := func(t model.RecordType) cmd {
		return cmd{
			ID: "create_" + string(t), Scope: command.Panes, Selected: true, Reason: m.crm.NeedsFree,
			Run: func() tea.Cmd { return m.crm.OpenForm(t) },
		}
	}
	return []cmd{
		{ID: "link", Keys: []string{"c"}, Scope: command.Panes, Selected: true, Reason: m.crm.NeedsFree, Run: m.crm.OpenPicker},
		{ID: "unlink", Keys: []string{"X"}, Scope: command.Panel, Danger: true, Selected: true, Reason: m.crm.NeedsLinked, Run: m.crm.AskUnlink},
		{ID: "open_record", Keys: []string{"o"}, Scope: command.Panel, Selected: true, Reason: m.crm.NeedsLinked, Run: m.crm.OpenRecord},
		{ID: "record", Keys: []string{"v"}, Scope: command.Panel, Selected: true, Reason: m.crm.NeedsLinked, Run: m.crm.ViewRecord},
		{ID: "earlier", Keys: []string{"enter"}, Scope: command.Panel, Selected: true, Reason: m.crm.NeedsEarlier, Run: m.crm.OpenEarlier},
		{ID: "sync_now", Keys: []string{"Y"}, Scope: command.Panel, Selected: true, Reason: m.crm.NeedsSynced, Run: m.crm.SyncNow},
		{ID: "sync", Keys: []string{"T"}, Scope: command.Panel, Selected: true, Reason: m.crm.NeedsSwitch, Run: m.crm.TurnSync},
		{ID: "sync_page", Scope: command.Panes, Danger: true, Reason: m.NeedsAdminPage, Run: m.crm.TurnPageSync},
		{ID: "stage", Keys: []string{"S"}, Scope: command.Panel, Selected: true, Reason: m.crm.NeedsRecord(model.Deal), Run: m.crm.AskStage},
		{ID: "won", Keys: []string{"W"}, Scope: command.Panel, Selected: true, Reason: m.crm.NeedsDeal(model.DealWon), Run: m.crm.Win},
		{ID: "lost", Keys: []string{"L"}, Scope: command.Panel, Danger: true, Selected: true, Reason: m.crm.NeedsDeal(model.DealLost), Run: m.crm.Lose},
		{ID: "reopen", Scope: command.Panel, Selected: true, Reason: m.crm.NeedsDeal(model.DealOpen), Run: m.crm.Reopen},
		{ID: "convert", Keys: []string{"C"}, Scope: command.Panel, Selected: true, Reason: m.crm.NeedsRecord(model.Lead), Run: m.crm.AskConvert},
		create(model.Person), create(model.Lead), create(model.Deal),
		{ID: "psid_field", Scope: command.Panes, Reason: m.NeedsAdmin, Run: m.crm.MakePSIDField},
	}
}

func (m commands) finding() []cmd {
	all := []cmd{
		{ID: "search", Keys: []string{"/"}, Scope: command.Panes, Run: m.inbox.AskSearch},
		{ID: "next_filter", Keys: []string{"]"}, Scope: command.Panes, Hidden: true, Run: func() tea.Cmd { return m.inbox.TurnFilter(1) }},
		{ID: "previous_filter", Keys: []string{"["}, Scope: command.Panes, Hidden: true, Run: func() tea.Cmd { return m.inbox.TurnFilter(-1) }},
		{ID: "sort", Keys: []string{"w"}, Scope: command.Panes, Run: m.inbox.TurnSort},
		{ID: "next_page", Keys: []string{"P"}, Scope: command.Panes, Reason: m.inbox.NeedsPages, Run: m.inbox.TurnPage},
		{ID: "filter_all", Keys: []string{"0"}, Scope: command.Panes, Run: func() tea.Cmd { return m.inbox.Filter(inbox.FilterAll) }},
	}
	all = append(all,
		cmd{ID: "view", Keys: []string{"7", "8", "9"}, Scope: command.Panes, Hidden: true, Run: m.openView},
		cmd{ID: "save_view", Keys: []string{"V"}, Scope: command.Panes, Run: m.views.Save},
		cmd{ID: "views", Scope: command.Panes, Run: m.views.Manage},
	)
	for i, f := range list.Filters {
		key := string(rune('1' + i))
		if f == inbox.FilterMentioned {
			key = "@"
		}
		all = append(all, cmd{
			ID: "filter_" + string(f), Keys: []string{key}, Scope: command.Panes,
			Run: func() tea.Cmd { return m.inbox.Filter(f) },
		})
	}
	return all
}

func (m commands) looking() []cmd {
	return []cmd{
		{ID: "palette", Keys: []string{"ctrl+k", ":"}, Scope: command.Panes, Hidden: true, Run: m.guide.OpenPalette},
		{ID: "help", Keys: []string{"?"}, Scope: command.Panes, Run: m.guide.OpenHelp},
		{ID: "questions", Scope: command.Panes, Run: m.guide.OpenQuestions},
		{ID: "why_not", Scope: command.Panes, Run: m.guide.OpenWhyNot},
		{ID: "notices", Keys: []string{"n"}, Scope: command.Panes, Run: m.page.OpenNotices},
		{ID: "panel", Keys: []string{"i"}, Scope: command.Panes, Reason: m.NeedsOpen, Run: m.panes.turnPanel},
		{ID: "pictures", Scope: command.Panes, Reason: m.pictures.Needs, Run: m.pictures.Turn},
		{ID: "delete", Scope: command.Panes, Danger: true, Reason: m.deletion.NeedsInstaller, Run: m.deletion.Ask},
		{ID: "available_on", Scope: command.Panes, Reason: m.team.NeedsAway(true), Run: func() tea.Cmd { return m.team.SetAvailable(true) }},
		{ID: "available_off", Scope: command.Panes, Reason: m.team.NeedsAway(false), Run: func() tea.Cmd { return m.team.SetAvailable(false) }},
		{ID: "theme", Scope: command.Panes, Run: m.colours.Choose},
		{ID: "notifications", Scope: command.Panes, Run: m.alerts.Open},
		{ID: "share_ref", Scope: command.Panes, Reason: m.NeedsPage, Run: m.page.ShareRef},
		{ID: "greeting", Scope: command.Panes, Reason: m.NeedsPage, Run: m.page.OpenGreeting},
		{ID: "check_page", Scope: command.Panes, Reason: m.NeedsConnectedPage, Run: func() tea.Cmd { return m.page.CheckPage(false) }},
		{ID: "repair_page", Scope: command.Panes, Reason: m.NeedsAdminPage, Run: func() tea.Cmd { return m.page.CheckPage(true) }},
		{ID: "doctor", Scope: command.Panes, Reason: m.NeedsConnectedPage, Run: m.page.Doctor},
		{ID: "connect_page", Scope: command.Panes, Reason: m.NeedsAdmin, Run: m.page.ConnectPage},
		{ID: "uninstall", Scope: command.Panes, Danger: true, Reason: m.NeedsAdminPage, Run: m.page.AskUninstall},
		{ID: "import_past", Scope: command.Panes, Reason: m.page.NeedsImportable, Run: m.page.BeginImport},
		{ID: "cancel_import", Scope: command.Panes, Danger: true, Reason: m.page.NeedsImport, Run: m.page.CancelImport},
		{ID: "make_shared", Scope: command.Panes, Danger: true, Reason: m.page.NeedsOwnPage(model.Shared), Run: func() tea.Cmd { return m.page.ChangeVisibility(model.Shared) }},
		{ID: "make_private", Scope: command.Panes, Reason: m.page.NeedsOwnPage(model.Private), Run: func() tea.Cmd { return m.page.ChangeVisibility(model.Private) }},
	}
}

// guided is what the demo has besides.
func (m commands) guided() []cmd {
	if !m.guideline.Exists() {
		return nil
	}
	return []cmd{{ID: "guide_line", Keys: []string{"H"}, Scope: command.Panes, Run: m.guideline.Turn}}
}

// impossible is what users of other inboxes look for and won't find: it stays in the
// palette, with the reason.
func (m commands) impossible() []cmd {
	never := func(id string) cmd {
		return cmd{ID: id, Scope: command.Panes, Reason: func() string { return m.Say(i18n.CommandReason(id), "Key", m.KeyOf("share")) }}
	}
	broadcast := never("broadcast")
	broadcast.Reason = m.guide.WhyNoBroadcast
	return []cmd{never("call"), never("start"), broadcast}
}
