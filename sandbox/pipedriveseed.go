package sandbox

import (
	"slices"
	"strconv"
	"time"

	"parley/sandbox/seeded"
)

func itoa(n int) string { return strconv.Itoa(n) }

// crmSeeds is how many customers at most have a person made after them.
const crmSeeds = 40

// seedBook fills Pipedrive: people who are customers of the Page, too, known by name, by
// phone or by e-mail, some of them twice; and people who are not. mu held, or not needed.
func (s *Sandbox) seedBook() {
	b := &s.crm.book
	b.lastID = 10
	b.pipelines = []crmPipeline{{1, "法人営業"}, {2, "Wholesale"}}
	for i, name := range []string{"新規", "見積中", "交渉中", "契約手続き"} {
		b.stages = append(b.stages, crmStage{id: 1 + i, pipelineID: 1, order: 1 + i, name: name, probability: 20 + 20*i})
	}
	for i, name := range []string{"Qualified", "Quote sent", "Negotiation"} {
		b.stages = append(b.stages, crmStage{id: 11 + i, pipelineID: 2, order: 1 + i, name: name, probability: 25 + 25*i})
	}
	installer, rep, intern := s.crm.userByEmail("installer@example.com"), s.crm.userByEmail("rep@example.com"), s.crm.userByEmail("intern@example.com")
	at := s.now().Add(-90 * 24 * time.Hour).Truncate(time.Second)
	himawari := s.seedOrg(installer, at, "株式会社ひまわり", "東京都渋谷区神宮前3-1-2")
	harbor := s.seedOrg(rep, at, "Harbor Coffee LLC", "Portland, OR")
	kissa := s.seedOrg(rep, at, "喫茶こまどり", "京都市中京区")

	hanako := s.seedPerson(installer, at, himawari, "山田 花子", "hanako@himawari.example", customerPhone(0))
	s.seedDeal(hanako, at.AddDate(0, 0, 10), "ひまわり 定期便 月5kg", 180_000, 2)
	s.seedDeal(hanako, at.AddDate(0, 1, 0), "ひまわり エスプレッソマシン", 1_250_000, 3)
	s.seedPerson(rep, at.AddDate(0, 0, 1), nil, "山田 花子", "y.hanako@example.jp", "03-5550-1122")

	ken := s.seedPerson(rep, at.AddDate(0, 0, 2), harbor, "Ken Sato", "ken@example.com", "+1 503 555 0142")
	s.seedDeal(ken, at.AddDate(0, 0, 20), "Harbor: house blend, 20 kg", 240_000, 12)
	s.seedLead(ken, at.AddDate(0, 0, 40), "Harbor: second shop", 0)
	s.seedPerson(installer, at.AddDate(0, 0, 3), nil, "K. Sato", "ken@example.com", "")

	takeshi := s.seedPerson(installer, at.AddDate(0, 0, 4), nil, "佐藤 健", "takeshi.sato@example.jp", customerPhone(2))
	takeshi.visible = crmOwnerOnly
	s.seedDeal(takeshi, at.AddDate(0, 0, 30), "社長案件: 佐藤 健", 9_800_000, 4).visible = crmOwnerOnly

	s.seedDeal(s.seedPerson(rep, at.AddDate(0, 0, 5), nil, "Marta Ruiz", "marta.ruiz@example.es", ""), at.AddDate(0, 0, 25), "Marta: gift boxes", 36_000, 11)
	misaki := s.seedPerson(intern, at.AddDate(0, 0, 6), kissa, "高橋 美咲", "misaki@komadori.example", customerPhone(4))
	s.seedLead(misaki, at.AddDate(0, 0, 45), "こまどり 豆の見積もり", 64_000)
	s.seedPerson(intern, at.AddDate(0, 0, 7), nil, "Min Lee", "min.lee@example.kr", "")
	naoki := s.seedPerson(rep, at.AddDate(0, 0, 8), kissa, "渡辺 直樹", "", customerPhone(8))
	s.seedLead(naoki, at.AddDate(0, 0, 50), "渡辺様 ギフト", 35_000)
	s.seedPerson(rep, at.AddDate(0, 0, 9), nil, "渡邊 直樹", "naoki.w@example.jp", "")
	s.seedPerson(installer, at.AddDate(0, 0, 9), himawari, "鈴木 一郎", "ichiro@himawari.example", "+81 90-5550-7788")
	s.seedPerson(rep, at.AddDate(0, 0, 9), harbor, "Grace Miller", "grace@harbor.example", "+1 503 555 0199")
	s.seedCast(at.AddDate(0, 0, 12))
	s.seedHalfHidden(installer, rep, takeshi, at.AddDate(0, 0, 13))
}

// seedHalfHidden makes records that everybody at the sales desk sees, with an organisation
// and a person that only the installer does.
func (s *Sandbox) seedHalfHidden(installer, rep *crmUser, takeshi *crmPerson, at time.Time) {
	secret := s.seedOrg(installer, at, "みなと買収準備室", "東京都港区")
	secret.visible = crmOwnerOnly
	ono := s.seedPerson(rep, at, secret, "小野 恵", "megumi@ono.example", "")
	s.seedDeal(ono, at, "小野様 試飲会", 90_000, 1)
	s.seedDeal(takeshi, at, "試飲会の会場", 45_000, 1).visible = crmOwnersGroup
	s.seedLead(takeshi, at, "試飲会の下見", 0)
	s.crm.book.leads[len(s.crm.book.leads)-1].visible = crmOwnersGroup
}

// seedCast makes persons after every third of the living customers past the stars, every
// sixth twice.
func (s *Sandbox) seedCast(at time.Time) {
	owners := []*crmUser{s.crm.userByEmail("rep@example.com"), s.crm.userByEmail("installer@example.com"), s.crm.userByEmail("intern@example.com")}
	first := len(stars())
	for i := first; i < len(s.world.living) && i < first+3*crmSeeds; i += 3 {
		c := s.world.living[i]
		p := s.seedPerson(owners[i%len(owners)], at, nil, c.person.name, "", customerPhone(i))
		if i%2 == 0 {
			s.seedPerson(owners[(i+1)%len(owners)], at, nil, c.person.name, customerEmail(i), "")
			s.seedDeal(p, at.AddDate(0, 0, 3), "見積: "+c.person.name, float64(12_000+500*i), 1+i%4)
		}
	}
}

func (s *Sandbox) seedOrg(owner *crmUser, at time.Time, name, address string) *crmOrg {
	o := &crmOrg{crmOwned: crmOwned{id: s.crm.book.next(), owner: owner, visible: crmOwnersGroup, added: at, updated: at}, name: name, address: address}
	s.crm.book.orgs = append(s.crm.book.orgs, o)
	return o
}

func (s *Sandbox) seedPerson(owner *crmUser, at time.Time, org *crmOrg, name, email, phone string) *crmPerson {
	p := &crmPerson{
		crmOwned: crmOwned{id: s.crm.book.next(), owner: owner, visible: crmOwnersGroup, added: at, updated: at}, name: name,
		emails: []crmContact{}, phones: []crmContact{},
	}
	if org != nil {
		p.orgID = org.id
	}
	if email != "" {
		p.emails = []crmContact{{email, true, "work"}}
	}
	if phone != "" {
		p.phones = []crmContact{{phone, true, "mobile"}}
	}
	s.crm.book.persons = append(s.crm.book.persons, p)
	return p
}

func (s *Sandbox) seedDeal(p *crmPerson, at time.Time, title string, value float64, stage int) *crmDeal {
	if at.After(s.now()) {
		at = s.now()
	}
	d := &crmDeal{
		crmOwned: crmOwned{id: s.crm.book.next(), owner: p.owner, visible: p.visible, added: at, updated: at}, title: title, value: value, currency: crmCurrency,
		personID: p.id, orgID: p.orgID, stageID: stage, status: crmOpen, stageSet: at, creator: p.owner, expected: at.AddDate(0, 4, 0).Format(time.DateOnly),
	}
	s.crm.book.deals = append(s.crm.book.deals, d)
	return d
}

func (s *Sandbox) seedLead(p *crmPerson, at time.Time, title string, value float64) {
	l := &crmLead{
		crmOwned: crmOwned{id: s.crm.book.next(), owner: p.owner, visible: p.visible, added: at, updated: at},
		uuid:     uuidOf(seeded.Hex(s.opts.Seed, "pipedrive lead "+title, 16)), title: title, personID: p.id, orgID: p.orgID, creator: p.owner,
	}
	if value != 0 {
		l.value = &crmMoney{Amount: &value, Currency: crmCurrency}
	}
	s.crm.book.leads = append(s.crm.book.leads, l)
}

// controlBook is what the control API shows of the records. mu held.
func (s *Sandbox) controlBook() map[string]any {
	b := &s.crm.book
	admin := s.crm.userByEmail("installer@example.com")
	persons, deals, leads, notes := []any{}, []any{}, []any{}, []any{}
	for _, p := range b.persons {
		persons = append(persons, p.node())
	}
	for _, d := range b.deals {
		deals = append(deals, s.dealNode(d))
	}
	for _, l := range b.leads {
		leads = append(leads, l.node())
	}
	for _, n := range slices.Clone(b.notes) {
		notes = append(notes, s.noteNode(n, admin))
	}
	return map[string]any{"persons": persons, "deals": deals, "leads": leads, "notes": notes}
}
