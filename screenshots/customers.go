package main

import "time"

// customer is who writes what; newest last.
type customer struct {
	name, psid, locale string
	writes             []message
}

// message is one message, written that long ago.
type message struct {
	ago      time.Duration
	text     string
	attached any
}

// attachment is what a customer attached, at that address.
func attachment(kind, address string) any {
	return map[string]any{"type": kind, "payload": map[string]any{"url": address}}
}

// lost begins addresses that nobody answers at.
const lost = "https://scontent.xx.fbcdn.net/v/"

// customers are those of most scenes, in the order of the inbox.
var customers = []customer{
	{first, "7100000000000001", "ja_JP", []message{
		{ago: 3*time.Hour + 12*time.Minute, text: "こんにちは。会議室用の机を探しています。"},
		{ago: 3*time.Hour + 11*time.Minute, text: "この写真のものは、まだ在庫がありますか？", attached: attachment("image", lost+"desk.jpg")},
		{ago: 2 * time.Minute, text: "見積もりをお願いできますか？ 机は三台、納期は今月末まで、設置もお願いしたいです。"},
	}},
	{"Ken Sato", "7100000000000002", "en_US", []message{
		{ago: 50 * time.Minute, text: "Hi! Do you deliver to Yokohama on Saturdays?"},
		{ago: 14 * time.Minute, text: "And could you carry the old desk away? It is on the third floor, no lift I am afraid."},
	}},
	{"Marta Ruiz", "7100000000000003", "es_ES", []message{
		{ago: 22*time.Hour + 20*time.Minute, text: "Hola, ¿tienen la silla en verde?"},
		{ago: 22*time.Hour + 18*time.Minute, text: "Thanks 👍"},
	}},
	{"高橋 美咲", "7100000000000004", "ja_JP", []message{
		{ago: 23*time.Hour + 40*time.Minute, text: "配送日を変更できますか。水曜日の午前、10時以降でしたら受け取れます。"},
	}},
	{"Lee Min", "7100000000000005", "ko_KR", []message{
		{ago: 23*time.Hour + 50*time.Minute, attached: attachment("file", lost+"invoice-2026-11.pdf")},
	}},
	{"ももこ🌸", "7100000000000006", "ja_JP", []message{
		{ago: 23*time.Hour + 54*time.Minute, text: "かわいい！！ 👨‍👩‍👧‍👦 で使います〜"},
	}},
	{"Priya Patel", "7100000000000007", "en_US", []message{
		{ago: 30 * time.Hour, text: "Is the oak table solid wood?"},
		{ago: 29 * time.Hour, text: "No hurry, next week is fine as well."},
	}},
}

// hardNames are customers whose names are hard to draw.
var hardNames = []customer{
	{"ab", "7200000000000001", "en_US", []message{{ago: time.Minute, text: "Short name."}}},
	{"Twenty Cells Exactly", "7200000000000002", "en_US", []message{{ago: 2 * time.Minute, text: "A name of twenty cells."}}},
	{"Wolfeschlegelsteinhausenbergerdorff von und zu Hohenzollern-Sigmaringen the Third", "7200000000000003", "de_DE", []message{
		{ago: 3 * time.Minute, text: "https://example.com/a/very/long/address/that/has/no/place/to/break/and/goes/on/until/it/no/longer/fits/on/a/line?with=parameters&and=more"},
	}},
	{"สมชาย ใจดี", "7200000000000004", "th_TH", []message{{ago: 4 * time.Minute, text: "สวัสดีครับ ขอใบเสนอราคาได้ไหมครับ"}}},
	{"محمد عبد الله", "7200000000000005", "ar_AR", []message{{ago: 5 * time.Minute, text: "مرحبا، كم سعر الطاولة؟ 3 pieces"}}},
	{"👨‍👩‍👧‍👦👍🏽🇯🇵 家族", "7200000000000006", "ja_JP", []message{{ago: 6 * time.Minute, text: "❤️ ☎️ 1️⃣ 👩🏻‍💻 ｶﾀｶﾅ ①②③ ※〒"}}},
	{"長宗我部・勅使河原・小比類巻・八重樫・東海林・御手洗・四月一日・小鳥遊合同会社", "7200000000000007", "ja_JP", []message{
		{ago: 7 * time.Minute, text: "弊社では、以下の三点を希望しております。一、納期は月末まで。二、設置を含む。三、請求書払い。「可能でしょうか？」"},
	}},
}
