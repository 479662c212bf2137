package sandbox

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"parley/sandbox/seeded"
)

// person is who a customer is on Facebook.
type person struct {
	name, first, last string
	locale            string
	zone              string // hours from UTC
	gender            string
	lang              string // key of the lines they write
}

// populate makes the people of the sandbox: those who live here and those whose
// conversations are old.
func (s *Sandbox) populate() {
	rng := seeded.Stream(s.opts.Seed, "cast")
	for i := range s.opts.Customers {
		c := s.add(s.psid(i), cast(rng, i))
		c.phone, c.email = customerPhone(i), customerEmail(i)
		c.life = newLife(s.opts.Seed, i)
		c.life.introduction = introduction(i)
		if i%11 == 7 {
			c.profile = profileEmpty
		}
		if i%17 == 12 {
			c.profile = profileNone
		}
		s.world.living = append(s.world.living, c)
	}
	s.populateHistory()
	s.populatePast()
}

// psid is the id of the nth person.
func (s *Sandbox) psid(n int) string {
	return seeded.Digits(s.opts.Seed, fmt.Sprintf("psid %d", n), 16)
}

// stars are the first of every cast, so that a small one is already mixed.
func stars() []person {
	return []person{
		{"山田 花子", "花子", "山田", "ja_JP", "9", "female", "ja"},
		{"Ken Sato", "Ken", "Sato", "en_US", "9", "male", "en"},
		{"佐藤 健", "健", "佐藤", "ja_JP", "9", "male", "ja"},
		{"Marta Ruiz", "Marta", "Ruiz", "es_ES", "1", "female", "es"},
		{"高橋 美咲", "美咲", "高橋", "ja_JP", "9", "female", "ja"},
		{"Lee Min", "Min", "Lee", "ko_KR", "9", "male", "ko"},
		{"ももこ🌸", "ももこ🌸", "", "ja_JP", "9", "female", "ja"},
		{"สมชาย ใจดี", "สมชาย", "ใจดี", "th_TH", "7", "male", "th"},
		{"渡辺 直樹", "直樹", "渡辺", "ja_JP", "9", "male", "ja"},
		{"ليلى حداد", "ليلى", "حداد", "ar_AR", "3", "female", "ar"},
	}
}

// cast makes the nth person: every other one Japanese, after the stars.
func cast(rng *rand.Rand, n int) person {
	if s := stars(); n < len(s) {
		return s[n]
	}
	if n%2 == 0 || rng.IntN(5) == 0 {
		return castJapanese(rng)
	}
	return castAbroad(rng)
}

func castJapanese(rng *rand.Rand) person {
	last := one(rng, "山田", "佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "山本", "中村", "小林", "加藤", "吉田", "山口", "松本", "井上", "木村", "林", "清水", "斎藤", "長谷川", "五十嵐", "小野寺")
	p := person{last: last, locale: "ja_JP", zone: "9", lang: "ja", gender: "female"}
	if rng.IntN(2) == 0 {
		p.gender = "male"
		p.first = one(rng, "健", "翔太", "大輔", "拓也", "誠", "直樹", "蓮", "悠斗", "浩二", "亮", "和也", "慎一郎")
	} else {
		p.first = one(rng, "花子", "美咲", "さくら", "陽子", "結衣", "恵", "真由美", "葵", "ひかり", "千尋", "由紀", "彩香")
	}
	p.name = p.last + " " + p.first
	if rng.IntN(14) == 0 {
		p.first, p.last = p.first+one(rng, "☕", "🌸", "✨"), ""
		p.name = p.first
	}
	return p
}

func castAbroad(rng *rand.Rand) person {
	type land struct {
		lang, locale, zone string
		first, last        []string
	}
	lands := []land{
		{"en", "en_US", "-5", []string{"Ken", "Emily", "James", "Olivia", "Noah", "Grace", "Zoë"}, []string{"Sato", "Carter", "O'Brien", "Nguyen", "Miller", "Okafor"}},
		{"en", "en_GB", "0", []string{"Harriet", "Tom", "Priya", "Callum"}, []string{"Wright", "Patel", "Hughes", "Lindqvist"}},
		{"es", "es_ES", "1", []string{"Marta", "Iker", "Lucía", "Álvaro"}, []string{"Ruiz", "Núñez", "García", "Ibáñez"}},
		{"ko", "ko_KR", "9", []string{"지우", "서연", "민준", "Min"}, []string{"김", "이", "박", "Lee"}},
		{"th", "th_TH", "7", []string{"สมชาย", "มาลี", "ณัฐพล"}, []string{"ใจดี", "ศรีสุข", "วงศ์ใหญ่"}},
		{"ar", "ar_AR", "3", []string{"ليلى", "أحمد", "نور"}, []string{"حداد", "منصور", "الخطيب"}},
	}
	l := lands[rng.IntN(len(lands))]
	p := person{first: one(rng, l.first...), last: one(rng, l.last...), locale: l.locale, zone: l.zone, lang: l.lang}
	p.gender = one(rng, "female", "male")
	p.name = p.first + " " + p.last
	if rng.IntN(16) == 0 {
		p.name += " " + one(rng, "🚲", "👩‍🍳", "🇯🇵")
	}
	return p
}

// customerPhone is the number of the nth of those who live here, customerEmail their
// address. Some of them stand in Pipedrive with it.
func customerPhone(n int) string { return fmt.Sprintf("090-%04d-%04d", 1200+n, 5678-7*(n%500)) }

func customerEmail(n int) string {
	switch n {
	case starKen:
		return "ken@example.com"
	case starMarta:
		return "marta.ruiz@example.es"
	}
	return fmt.Sprintf("customer%d@example.jp", n)
}

// Some of the stars, by their place among them.
const (
	starHanako = 0
	starKen    = 1
	starMarta  = 3
)

// introduction is what the nth of those who live here begins with where it tells who they
// are in Pipedrive: of two of the same name there the one with that number, of two with
// one address both, or the one with that address. Empty: they begin like anybody.
func introduction(n int) string {
	switch n {
	case starHanako:
		return "こんにちは。見積もりをお願いできますか？ お電話は{phone}までお願いします。"
	case starKen:
		return "Hi! Could you send me a quote for 20 kg of the house blend? My e-mail is {email}"
	case starMarta:
		return "¡Hola! ¿Tienen la caja de regalo grande en stock? Mi correo es {email}"
	}
	return ""
}

// says puts the customer's number and address into what they write.
func (c *customer) says(text string) string {
	return strings.NewReplacer("{phone}", c.phone, "{email}", c.email).Replace(text)
}

// one picks one of the texts.
func one(rng *rand.Rand, texts ...string) string { return texts[rng.IntN(len(texts))] }
