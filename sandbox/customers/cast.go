package customers

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"parley/sandbox/world"
)

// stars are the first people of every cast, so that a small one is already mixed.
func stars() []world.Person {
	return []world.Person{
		person("山田 花子", "花子", "山田", "ja_JP", "9", "female", "ja"),
		person("Ken Sato", "Ken", "Sato", "en_US", "9", "male", "en"),
		person("佐藤 健", "健", "佐藤", "ja_JP", "9", "male", "ja"),
		person("Marta Ruiz", "Marta", "Ruiz", "es_ES", "1", "female", "es"),
		person("高橋 美咲", "美咲", "高橋", "ja_JP", "9", "female", "ja"),
		person("Lee Min", "Min", "Lee", "ko_KR", "9", "male", "ko"),
		person("ももこ🌸", "ももこ🌸", "", "ja_JP", "9", "female", "ja"),
		person("สมชาย ใจดี", "สมชาย", "ใจดี", "th_TH", "7", "male", "th"),
		person("渡辺 直樹", "直樹", "渡辺", "ja_JP", "9", "male", "ja"),
		person("ليلى حداد", "ليلى", "حداد", "ar_AR", "3", "female", "ar"),
	}
}

// person returns a person.
func person(name, first, last, locale, zone, gender, lang string) world.Person {
	return world.Person{Name: name, First: first, Last: last, Locale: locale, Zone: zone, Gender: gender, Lang: lang}
}

// cast returns the nth person: first the stars, then every other one Japanese.
func cast(rng *rand.Rand, n int) world.Person {
	if s := stars(); n < len(s) {
		return s[n]
	}
	if n%2 == 0 || rng.IntN(5) == 0 {
		return castJapanese(rng)
	}
	return castAbroad(rng)
}

func castJapanese(rng *rand.Rand) world.Person {
	last := one(rng, "山田", "佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "山本", "中村", "小林", "加藤", "吉田", "山口", "松本", "井上", "木村", "林", "清水", "斎藤", "長谷川", "五十嵐", "小野寺")
	p := world.Person{Last: last, Locale: "ja_JP", Zone: "9", Lang: "ja", Gender: "female"}
	if rng.IntN(2) == 0 {
		p.Gender = "male"
		p.First = one(rng, "健", "翔太", "大輔", "拓也", "誠", "直樹", "蓮", "悠斗", "浩二", "亮", "和也", "慎一郎")
	} else {
		p.First = one(rng, "花子", "美咲", "さくら", "陽子", "結衣", "恵", "真由美", "葵", "ひかり", "千尋", "由紀", "彩香")
	}
	p.Name = p.Last + " " + p.First
	if rng.IntN(14) == 0 {
		p.First, p.Last = p.First+one(rng, "☕", "🌸", "✨"), ""
		p.Name = p.First
	}
	return p
}

func castAbroad(rng *rand.Rand) world.Person {
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
	p := world.Person{First: one(rng, l.first...), Last: one(rng, l.last...), Locale: l.locale, Zone: l.zone, Lang: l.lang}
	p.Gender = one(rng, "female", "male")
	p.Name = p.First + " " + p.Last
	if rng.IntN(16) == 0 {
		p.Name += " " + one(rng, "🚲", "👩‍🍳", "🇯🇵")
	}
	return p
}

// phone and email return the number and the address of the nth living customer. Some of them are
// in Pipedrive with it.
func phone(n int) string { return fmt.Sprintf("090-%04d-%04d", 1200+n, 5678-7*(n%500)) }

func email(n int) string {
	switch n {
	case starKen:
		return "ken@example.com"
	case starMarta:
		return "marta.ruiz@example.es"
	}
	return fmt.Sprintf("customer%d@example.jp", n)
}

// Indexes of some stars.
const (
	starHanako = 0
	starKen    = 1
	starMarta  = 3
)

// introduction returns the first text of the nth living customer if it identifies them in
// Pipedrive: of two persons of the same name, the one with that number; of two with the same
// address, both. "": they begin like anybody.
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

// fillContacts fills the customer's number and address into a text.
func fillContacts(c *world.Customer, text string) string {
	return strings.NewReplacer("{phone}", c.Phone, "{email}", c.Email).Replace(text)
}

// one returns a random one of the texts.
func one(rng *rand.Rand, texts ...string) string { return texts[rng.IntN(len(texts))] }
