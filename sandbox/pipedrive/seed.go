package pipedrive

import (
	"slices"
	"strconv"
	"time"

	"parley/sandbox/seeded"
)

func itoa(n int) string { return strconv.Itoa(n) }

const (
	// knownByName is how many of the first customers Pipedrive knows only by name, or not at all.
	knownByName = 10
	// castMost is the most persons created from the other customers.
	castMost = 40
)

// fill creates the initial data: people who are also customers of the Page, known by name, by
// phone or by e-mail, some of them twice; and people who are not. Numbers and addresses are those
// that the customers of the same names write.
func (b *book) fill(customers []Customer) {
	b.lastID = 10
	b.pipelines = []pipeline{{1, "法人営業"}, {2, "Wholesale"}}
	for i, name := range []string{"新規", "見積中", "交渉中", "契約手続き"} {
		b.stages = append(b.stages, stage{id: 1 + i, pipelineID: 1, order: 1 + i, name: name, probability: 20 + 20*i})
	}
	for i, name := range []string{"Qualified", "Quote sent", "Negotiation"} {
		b.stages = append(b.stages, stage{id: 11 + i, pipelineID: 2, order: 1 + i, name: name, probability: 25 + 25*i})
	}
	installer, rep, intern := b.userByEmail("installer@example.com"), b.userByEmail("rep@example.com"), b.userByEmail("intern@example.com")
	at := b.now().Add(-90 * 24 * time.Hour).Truncate(time.Second)
	himawari := b.seedOrganization(installer, at, "株式会社ひまわり", "東京都渋谷区神宮前3-1-2")
	harbor := b.seedOrganization(rep, at, "Harbor Coffee LLC", "Portland, OR")
	kissa := b.seedOrganization(rep, at, "喫茶こまどり", "京都市中京区")

	hanako := b.seedPerson(installer, at, himawari, "山田 花子", "hanako@himawari.example", "090-1200-5678")
	b.seedDeal(hanako, at.AddDate(0, 0, 10), "ひまわり 定期便 月5kg", 180_000, 2)
	b.seedDeal(hanako, at.AddDate(0, 1, 0), "ひまわり エスプレッソマシン", 1_250_000, 3)
	b.seedPerson(rep, at.AddDate(0, 0, 1), nil, "山田 花子", "y.hanako@example.jp", "03-5550-1122")

	ken := b.seedPerson(rep, at.AddDate(0, 0, 2), harbor, "Ken Sato", "ken@example.com", "+1 503 555 0142")
	b.seedDeal(ken, at.AddDate(0, 0, 20), "Harbor: house blend, 20 kg", 240_000, 12)
	b.seedLead(ken, at.AddDate(0, 0, 40), "Harbor: second shop", 0)
	b.seedPerson(installer, at.AddDate(0, 0, 3), nil, "K. Sato", "ken@example.com", "")

	takeshi := b.seedPerson(installer, at.AddDate(0, 0, 4), nil, "佐藤 健", "takeshi.sato@example.jp", "090-1202-5664")
	takeshi.visible = ownerOnly
	b.seedDeal(takeshi, at.AddDate(0, 0, 30), "社長案件: 佐藤 健", 9_800_000, 4).visible = ownerOnly

	b.seedDeal(b.seedPerson(rep, at.AddDate(0, 0, 5), nil, "Marta Ruiz", "marta.ruiz@example.es", ""), at.AddDate(0, 0, 25), "Marta: gift boxes", 36_000, 11)
	misaki := b.seedPerson(intern, at.AddDate(0, 0, 6), kissa, "高橋 美咲", "misaki@komadori.example", "090-1204-5650")
	b.seedLead(misaki, at.AddDate(0, 0, 45), "こまどり 豆の見積もり", 64_000)
	b.seedPerson(intern, at.AddDate(0, 0, 7), nil, "Min Lee", "min.lee@example.kr", "")
	naoki := b.seedPerson(rep, at.AddDate(0, 0, 8), kissa, "渡辺 直樹", "", "090-1208-5622")
	b.seedLead(naoki, at.AddDate(0, 0, 50), "渡辺様 ギフト", 35_000)
	b.seedPerson(rep, at.AddDate(0, 0, 9), nil, "渡邊 直樹", "naoki.w@example.jp", "")
	b.seedPerson(installer, at.AddDate(0, 0, 9), himawari, "鈴木 一郎", "ichiro@himawari.example", "+81 90-5550-7788")
	b.seedPerson(rep, at.AddDate(0, 0, 9), harbor, "Grace Miller", "grace@harbor.example", "+1 503 555 0199")
	b.seedCast(customers, at.AddDate(0, 0, 12))
	b.seedHalfHidden(installer, rep, takeshi, at.AddDate(0, 0, 13))
}

// seedHalfHidden creates records that the whole sales team sees, with an organisation and a
// person that only the installer does.
func (b *book) seedHalfHidden(installer, rep *user, takeshi *person, at time.Time) {
	secret := b.seedOrganization(installer, at, "みなと買収準備室", "東京都港区")
	secret.visible = ownerOnly
	ono := b.seedPerson(rep, at, secret, "小野 恵", "megumi@ono.example", "")
	b.seedDeal(ono, at, "小野様 試飲会", 90_000, 1)
	b.seedDeal(takeshi, at, "試飲会の会場", 45_000, 1).visible = ownersGroup
	b.seedLead(takeshi, at, "試飲会の下見", 0)
	b.leads[len(b.leads)-1].visible = ownersGroup
}

// seedCast creates persons from every third customer after those known by name, every sixth
// twice.
func (b *book) seedCast(customers []Customer, at time.Time) {
	owners := []*user{b.userByEmail("rep@example.com"), b.userByEmail("installer@example.com"), b.userByEmail("intern@example.com")}
	for i := knownByName; i < len(customers) && i < knownByName+3*castMost; i += 3 {
		c := customers[i]
		p := b.seedPerson(owners[i%len(owners)], at, nil, c.Name, "", c.Phone)
		if i%2 == 0 {
			b.seedPerson(owners[(i+1)%len(owners)], at, nil, c.Name, c.Email, "")
			b.seedDeal(p, at.AddDate(0, 0, 3), "見積: "+c.Name, float64(12_000+500*i), 1+i%4)
		}
	}
}

func (b *book) seedOrganization(owner *user, at time.Time, name, address string) *organization {
	o := &organization{owned: owned{id: b.next(), owner: owner, visible: ownersGroup, added: at, updated: at}, name: name, address: address}
	b.organizations = append(b.organizations, o)
	return o
}

func (b *book) seedPerson(owner *user, at time.Time, org *organization, name, email, phone string) *person {
	p := &person{
		owned: owned{id: b.next(), owner: owner, visible: ownersGroup, added: at, updated: at}, name: name,
		emails: []contact{}, phones: []contact{},
	}
	if org != nil {
		p.orgID = org.id
	}
	if email != "" {
		p.emails = []contact{{email, true, "work"}}
	}
	if phone != "" {
		p.phones = []contact{{phone, true, "mobile"}}
	}
	b.persons = append(b.persons, p)
	return p
}

func (b *book) seedDeal(p *person, at time.Time, title string, value float64, stage int) *deal {
	if at.After(b.now()) {
		at = b.now()
	}
	d := &deal{
		owned: owned{id: b.next(), owner: p.owner, visible: p.visible, added: at, updated: at}, title: title, value: value, currency: usualCurrency,
		personID: p.id, orgID: p.orgID, stageID: stage, status: dealOpen, stageSet: at, creator: p.owner, expected: at.AddDate(0, 4, 0).Format(time.DateOnly),
	}
	b.deals = append(b.deals, d)
	return d
}

func (b *book) seedLead(p *person, at time.Time, title string, value float64) {
	l := &lead{
		owned: owned{id: b.next(), owner: p.owner, visible: p.visible, added: at, updated: at},
		uuid:  uuidOf(seeded.Hex(b.seed, "pipedrive lead "+title, 16)), title: title, personID: p.id, orgID: p.orgID, creator: p.owner,
	}
	if value != 0 {
		l.value = &money{Amount: &value, Currency: usualCurrency}
	}
	b.leads = append(b.leads, l)
}

// records returns all records, whoever may see them. mu must be held.
func (b *book) records() map[string]any {
	admin := b.userByEmail("installer@example.com")
	persons, deals, leads, notes := []any{}, []any{}, []any{}, []any{}
	for _, p := range b.persons {
		persons = append(persons, p.node())
	}
	for _, d := range b.deals {
		deals = append(deals, b.dealNode(d))
	}
	for _, l := range b.leads {
		leads = append(leads, l.node())
	}
	for _, n := range slices.Clone(b.notes) {
		notes = append(notes, b.noteNode(n, admin))
	}
	return map[string]any{"persons": persons, "deals": deals, "leads": leads, "notes": notes}
}
