package ui

import (
	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/model"
	"parley/model/inbox"
	"parley/ui/command"
	"parley/ui/term"
)

type cmd = command.Command[*Model]

// commands is everything that the user can do, and what they might look for and can't.
// Dispatch, footer, help and palette come from this table; words/screen.*.toml says
// what each does.
func commands() []cmd {
	var all []cmd
	for _, part := range [][]cmd{moving(), answering(), triaging(), linking(), finding(), looking(), impossible()} {
		all = append(all, part...)
	}
	return all
}

func moving() []cmd {
	return []cmd{
		{ID: "down", Keys: []string{"j", "down"}, Scope: command.Panes, Hidden: true, Run: func(m *Model) tea.Cmd { return m.move(1) }},
		{ID: "up", Keys: []string{"k", "up"}, Scope: command.Panes, Hidden: true, Run: func(m *Model) tea.Cmd { return m.move(-1) }},
		{ID: "half_down", Keys: []string{"ctrl+d", "pgdown"}, Scope: command.Panes, Hidden: true, Run: func(m *Model) tea.Cmd { return m.half(1) }},
		{ID: "half_up", Keys: []string{"ctrl+u", "pgup"}, Scope: command.Panes, Hidden: true, Run: func(m *Model) tea.Cmd { return m.half(-1) }},
		{ID: "first", Keys: []string{"g", "home"}, Scope: command.Panes, Hidden: true, Run: func(m *Model) tea.Cmd { return m.end(false) }},
		{ID: "last", Keys: []string{"G", "end"}, Scope: command.Panes, Hidden: true, Run: func(m *Model) tea.Cmd { return m.end(true) }},
		{ID: "open", Keys: []string{"enter", "l", "right"}, Scope: command.List, Selected: true, Reason: needsConversation, Run: (*Model).openSelected},
		{ID: "expand", Keys: []string{"enter"}, Scope: command.Thread, Message: true, Reason: needsOpen, Run: (*Model).expand},
		{ID: "back", Keys: []string{"esc", "h", "left"}, Scope: command.Panes, Hidden: true, Run: (*Model).back},
		{ID: "next_pane", Keys: []string{"tab"}, Scope: command.Panes, Hidden: true, Run: func(m *Model) tea.Cmd { return m.turn(1) }},
		{ID: "previous_pane", Keys: []string{"shift+tab"}, Scope: command.Panes, Hidden: true, Run: func(m *Model) tea.Cmd { return m.turn(-1) }},
		{ID: "next_waiting", Keys: []string{"N"}, Scope: command.Panes, Run: (*Model).nextWaiting},
		{ID: "repaint", Keys: []string{"ctrl+l"}, Scope: command.Anywhere, Run: func(*Model) tea.Cmd { return term.Repaint }},
		{ID: "suspend", Keys: []string{"ctrl+z"}, Scope: command.Anywhere, Reason: needsShell, Run: func(*Model) tea.Cmd { return tea.Suspend }},
		{ID: "quit", Keys: []string{"q", "ctrl+c"}, Scope: command.Panes, Run: (*Model).quit},
	}
}

func answering() []cmd {
	return []cmd{
		{ID: "reply", Keys: []string{"r"}, Scope: command.Panes, Selected: true, Reason: needsConversation, Run: (*Model).openComposer},
		{ID: "quote", Keys: []string{"Q"}, Scope: command.Thread, Message: true, Reason: needsQuotable, Run: (*Model).quote},
		{ID: "attach", Keys: []string{"A"}, Scope: command.Thread, Reason: needsFiles, Run: (*Model).attach},
		{ID: "react", Keys: []string{"+"}, Scope: command.Thread, Message: true, Reason: needsReactable, Run: (*Model).react},
		{ID: "note", Keys: []string{"I"}, Scope: command.Panes, Selected: true, Reason: needsConversation, Run: (*Model).openNote},
		{ID: "resend", Keys: []string{"R"}, Scope: command.Thread, Message: true, Reason: needsAsking, Run: (*Model).resend},
		{ID: "drop", Keys: []string{"D"}, Scope: command.Thread, Message: true, Reason: needsDroppable, Run: (*Model).giveUp},
		{ID: "drafts", Keys: []string{"d"}, Scope: command.Panes, Reason: needsDraft, Run: (*Model).listDrafts},
		{ID: "copy", Keys: []string{"y"}, Scope: command.Panes, Selected: true, Message: true, Reason: needsMessage, Run: (*Model).copyText},
		{ID: "open_address", Keys: []string{"o"}, Scope: command.Thread, Message: true, Reason: needsAddress, Run: (*Model).openAddress},
		{ID: "share", Keys: []string{"m"}, Scope: command.Panes, Reason: needsPage, Run: (*Model).share},
	}
}

func triaging() []cmd {
	return []cmd{
		{ID: "done", Keys: []string{"e"}, Scope: command.Panes, Selected: true, Reason: needsConversation, Run: (*Model).finish},
		{ID: "snooze", Keys: []string{"s"}, Scope: command.Panes, Selected: true, Reason: needsConversation, Run: (*Model).snooze},
		{ID: "pin", Keys: []string{"p"}, Scope: command.Panes, Selected: true, Reason: needsConversation, Run: (*Model).pin},
		{ID: "assign", Keys: []string{"a"}, Scope: command.Panes, Selected: true, Reason: needsConversation, Run: (*Model).assign},
		{ID: "read", Keys: []string{"u"}, Scope: command.Panes, Selected: true, Reason: needsConversation, Run: (*Model).toggleRead},
		{ID: "undo", Keys: []string{"z"}, Scope: command.Panes, Reason: needsUndo, Run: (*Model).takeBack},
	}
}

func finding() []cmd {
	all := []cmd{
		{ID: "search", Keys: []string{"/"}, Scope: command.Panes, Run: (*Model).askSearch},
		{ID: "next_filter", Keys: []string{"]"}, Scope: command.Panes, Hidden: true, Run: func(m *Model) tea.Cmd { return m.turnFilter(1) }},
		{ID: "previous_filter", Keys: []string{"["}, Scope: command.Panes, Hidden: true, Run: func(m *Model) tea.Cmd { return m.turnFilter(-1) }},
		{ID: "sort", Keys: []string{"w"}, Scope: command.Panes, Run: (*Model).turnSort},
		{ID: "next_page", Keys: []string{"P"}, Scope: command.Panes, Reason: needsPages, Run: (*Model).turnPage},
		{ID: "filter_all", Keys: []string{"0"}, Scope: command.Panes, Run: func(m *Model) tea.Cmd { return m.filter(inbox.FilterAll) }},
	}
	for i, f := range filters {
		all = append(all, cmd{
			ID: "filter_" + string(f), Keys: []string{string(rune('1' + i))}, Scope: command.Panes,
			Run: func(m *Model) tea.Cmd { return m.filter(f) },
		})
	}
	return all
}

func looking() []cmd {
	return []cmd{
		{ID: "palette", Keys: []string{"ctrl+k", ":"}, Scope: command.Panes, Hidden: true, Run: (*Model).openPalette},
		{ID: "help", Keys: []string{"?"}, Scope: command.Panes, Run: (*Model).openHelp},
		{ID: "why_not", Scope: command.Panes, Run: (*Model).openWhyNot},
		{ID: "notices", Keys: []string{"n"}, Scope: command.Panes, Run: (*Model).openNotices},
		{ID: "panel", Keys: []string{"i"}, Scope: command.Panes, Reason: needsOpen, Run: (*Model).turnPanel},
		{ID: "delete", Scope: command.Panes, Reason: needsInstaller, Run: (*Model).askDelete},
		{ID: "available_on", Scope: command.Panes, Reason: needsAway(true), Run: func(m *Model) tea.Cmd { return m.setAvailable(true) }},
		{ID: "available_off", Scope: command.Panes, Reason: needsAway(false), Run: func(m *Model) tea.Cmd { return m.setAvailable(false) }},
		{ID: "share_ref", Scope: command.Panes, Reason: needsPage, Run: (*Model).shareRef},
		{ID: "greeting", Scope: command.Panes, Reason: needsPage, Run: (*Model).openGreeting},
		{ID: "check_page", Scope: command.Panes, Reason: needsConnectedPage, Run: func(m *Model) tea.Cmd { return m.checkPage(false) }},
		{ID: "repair_page", Scope: command.Panes, Reason: needsAdminPage, Run: func(m *Model) tea.Cmd { return m.checkPage(true) }},
		{ID: "connect_page", Scope: command.Panes, Reason: needsAdmin, Run: (*Model).connectPage},
		{ID: "import_past", Scope: command.Panes, Reason: needsImportable, Run: (*Model).beginImport},
		{ID: "cancel_import", Scope: command.Panes, Reason: needsImport, Run: (*Model).cancelImport},
		{ID: "make_shared", Scope: command.Panes, Reason: needsOwnPage(model.Shared), Run: func(m *Model) tea.Cmd { return m.changeVisibility(model.Shared) }},
		{ID: "make_private", Scope: command.Panes, Reason: needsOwnPage(model.Private), Run: func(m *Model) tea.Cmd { return m.changeVisibility(model.Private) }},
	}
}

// impossible is what users of other inboxes look for and won't find: it stays in the
// palette, with the reason.
func impossible() []cmd {
	never := func(id string) cmd {
		return cmd{ID: id, Scope: command.Panes, Reason: func(m *Model) string { return m.say(i18n.CommandReason(id)) }}
	}
	broadcast := never("broadcast")
	broadcast.Reason = (*Model).whyNoBroadcast
	return []cmd{never("call"), never("start"), broadcast}
}
