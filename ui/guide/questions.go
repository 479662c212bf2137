package guide

import (
	tea "charm.land/bubbletea/v2"

	"parley/i18n"
	"parley/ui/overlay"
)

// question is what users of Messenger inboxes ask, and how they get on from its answer.
type question struct {
	id string
	// words are by what it is found besides its own, in both languages.
	words string
	// ways are the commands that its answer leads to, the likeliest first.
	ways []string
}

// questions are the twelve of Pipedrive's FAQ on its Messenger inbox, in its order, and what
// is asked of Parley besides.
var questions = []question{
	{"calls", "call phone video 通話 電話 ビデオ", nil},
	{"policy", "policy violation restricted blocked notice ポリシー 違反 制限 通知", []string{"notices", "check_page"}},
	{"button", "button missing messaging off ボタン 表示されない 設定", []string{"doctor", "check_page"}},
	{"plan", "plan price cost free billing プラン 料金 無料", nil},
	{"greeting", "greeting welcome 挨拶 自動", []string{"greeting"}},
	{"private", "private shared visibility who sees プライベート 共有 公開設定 表示", []string{"make_private", "make_shared", "help"}},
	{"whom", "whom write first start m.me QR 送信 相手 最初 リンク", []string{"share", "share_ref"}},
	{"connect", "connect admin permission install 連携 権限 管理者", []string{"connect_page"}},
	{"broadcast", "broadcast mass sponsored tags ブロードキャスト 一斉 配信", nil},
	{"uninstall", "uninstall remove disconnect アンインストール 解除", []string{"uninstall"}},
	{"visibility", "visibility change public private 公開設定 変更 表示設定", []string{"make_shared", "make_private"}},
	{"personal", "personal profile account 個人 アカウント", []string{"connect_page"}},
	{"offline", "offline disconnected no connection cache オフライン 接続 圏外", []string{"connect"}},
}

// OpenQuestions lists the questions, to be found by their words.
func (m *Model) OpenQuestions() tea.Cmd {
	items := make([]overlay.Item, 0, len(questions))
	for _, q := range questions {
		items = append(items, overlay.Item{ID: q.id, Title: m.Say(i18n.Question(q.id)), Words: q.words})
	}
	m.Lay(overlay.NewPalette(m.Say(i18n.QuestionsTitle), items), func(a overlay.Action) tea.Cmd {
		chosen, ok := a.(overlay.Chosen)
		if !ok {
			return nil
		}
		for _, q := range questions {
			if q.id == chosen.ID {
				m.answer(q)
			}
		}
		return nil
	})
	return nil
}

// allQuestions is the option that leads back.
const allQuestions = "questions"

// answer shows the answer to a question, and the commands it leads to.
func (m *Model) answer(q question) {
	var options []overlay.Option
	for _, id := range q.ways {
		if c, ok := m.commands.Get(id); ok {
			options = append(options, overlay.Option{ID: id, Title: m.Say(i18n.Command(id)), Detail: c.Key(), Reason: c.Why()})
		}
	}
	options = append(options, overlay.Option{ID: allQuestions, Title: m.Say(i18n.QuestionsAll)})
	c := overlay.NewChoice(m.Say(i18n.Question(q.id)), options)
	c.Say(m.said(q.id))
	m.Lay(c, func(a overlay.Action) tea.Cmd {
		chosen, ok := a.(overlay.Chosen)
		if !ok {
			return nil
		}
		return m.run(chosen.ID)
	})
}

// whyNot are all questions with their answers, as help shows them.
func (m *Model) whyNot() overlay.Section {
	s := overlay.Section{Heading: m.Say(i18n.WhyNotTitle)}
	for _, q := range questions {
		s.Paragraphs = append(s.Paragraphs, overlay.Paragraph{Question: m.Say(i18n.Question(q.id)), Answer: m.said(q.id)})
	}
	return s
}

// said is the answer to a question.
func (m *Model) said(id string) string {
	if id == "broadcast" {
		return m.WhyNoBroadcast()
	}
	return m.Say(i18n.Answer(id), "Share", m.KeyOf("share"), "Notices", m.KeyOf("notices"))
}

// WhyNoBroadcast says why nothing is sent to many, and where to tell us that it is missed;
// the same wherever it is said.
func (m *Model) WhyNoBroadcast() string {
	if u := m.Look.Line(m.Inbox.FeedbackURL()); u != "" {
		return m.Say(i18n.Answer("broadcast_feedback"), "URL", u)
	}
	return m.Say(i18n.Answer("broadcast"))
}
