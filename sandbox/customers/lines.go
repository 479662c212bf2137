package customers

// script is what customers of a coffee shop write in one language. {phone} and {email} are
// replaced by their own.
type script struct {
	openers []string // a new matter
	answers []string // to a reply of the shop
	thanks  []string // to end with
	shop    []string // what the shop wrote in old conversations
	typo    string   // sent in haste …
	fixed   string   // … and edited
}

// scriptFor returns the script of a language; English if there is none.
func scriptFor(lang string) script {
	switch lang {
	case "ja":
		return scriptJapanese()
	case "es":
		return scriptSpanish()
	case "ko":
		return scriptKorean()
	case "th":
		return scriptThai()
	case "ar":
		return scriptArabic()
	}
	return scriptEnglish()
}

func scriptJapanese() script {
	return script{
		openers: []string{
			"こんにちは。見積もりをお願いできますか？",
			"エチオピアの豆200gはまだ在庫ありますか？",
			"オフィス用に毎月5kgほど注文したいのですが、法人価格はありますか？",
			"昨日注文したものですが、発送はいつ頃になりますか？",
			"ギフトセット（¥3,500）の熨斗は対応していますか？",
			"領収書の宛名を「株式会社ひまわり」でお願いできますか。電話は{phone}です。",
			"東京都港区までの送料を教えてください🙏",
			"デカフェの取り扱いはありますか？妊娠中の妻に贈りたいです。",
			"土曜日は何時まで営業していますか？",
			"先週買ったドリッパーが割れていました…交換できますか？",
			"ブレンドを粉（中挽き）でお願いすることは可能でしょうか。",
			"業務用エスプレッソマシンのレンタルについて伺いたいです。",
		},
		answers: []string{
			"ありがとうございます！それでお願いします。",
			"なるほど、納期はどのくらいでしょうか？",
			"承知しました。社内で確認してまたご連絡します。",
			"送り先は渋谷区神宮前3-1-2です。電話番号は{phone}です。",
			"3袋でお願いします。",
			"もう少しお安くなりませんか？",
		},
		thanks: []string{"ありがとうございました😊", "助かりました！", "よろしくお願いいたします。"},
		shop: []string{
			"お問い合わせありがとうございます。在庫を確認いたします。",
			"はい、本日中にお見積もりをお送りします。",
			"明日の午前中に発送いたします。",
			"ご不便をおかけして申し訳ございません。すぐに交換品をお送りします。",
		},
		typo: "深煎りを2たいください", fixed: "深煎りを2袋ください",
	}
}

func scriptEnglish() script {
	return script{
		openers: []string{
			"Hi! Could you send me a quote for 20 kg of the house blend?",
			"Is the large gift box in stock?",
			"When will order #4812 be delivered?",
			"Do you ship to Osaka, and how much is it?",
			"Good morning, do you have decaf whole beans?",
			"The grinder I bought last week makes a strange noise. Can I bring it in?",
			"What are your wholesale prices for a small café?",
			"Can you invoice our company instead of card payment? Call me on {phone}",
			"Are you open on Sunday?",
			"I'd like 3 bags of Kenya AA, ground for French press please",
		},
		answers: []string{
			"Great, thank you. I'll take it.",
			"How long would delivery take?",
			"Could you hold one for me until Friday?",
			"That's a bit more than I hoped. Any discount for 5 or more?",
			"Perfect, please send the invoice to {email}",
		},
		thanks: []string{"Thanks a lot! 👍", "You've been very helpful.", "Perfect, bye!"},
		shop: []string{
			"Thanks for writing! Let me check the stock.",
			"Yes, I'll send the invoice today.",
			"It leaves tomorrow morning.",
			"I'm sorry about that. We'll send you a new one.",
		},
		typo: "can i get two bsg of house blend", fixed: "Can I get two bags of house blend?",
	}
}

func scriptSpanish() script {
	return script{
		openers: []string{
			"¡Hola! ¿Me pueden dar un presupuesto para 10 kg de café en grano?",
			"¿Tienen la caja de regalo grande en stock?",
			"¿Cuándo llega mi pedido? Lo hice el lunes.",
			"¿Hacen envíos a España? ¿Cuánto cuesta?", //nolint:misspell // Spanish.
			"Buenas, ¿el café descafeinado viene molido o en grano?",
		},
		answers: []string{"Perfecto, me lo llevo.", "¿Y cuánto tarda el envío?", "¿Hay descuento por cinco paquetes?"}, //nolint:misspell // Spanish.
		thanks:  []string{"¡Muchas gracias!", "Genial, un saludo 👋"},
		shop:    []string{"¡Gracias por escribir! Lo comprobamos.", "Sí, sale mañana por la mañana.", "Le envío la factura hoy."},
		typo:    "dos paqetes del etiope", fixed: "Dos paquetes del etíope, por favor",
	}
}

func scriptKorean() script {
	return script{
		openers: []string{
			"안녕하세요, 원두 5kg 견적 부탁드립니다.",
			"선물 세트 재고 있나요?",
			"주문한 상품 배송은 언제쯤 도착할까요?",
			"디카페인 원두도 판매하시나요?",
		},
		answers: []string{"네, 그걸로 주문할게요.", "배송은 얼마나 걸리나요?", "조금 더 할인 가능할까요?"},
		thanks:  []string{"감사합니다 😊", "네 알겠습니다!"},
		shop:    []string{"문의 감사합니다. 재고를 확인하겠습니다.", "내일 오전에 발송됩니다."},
		typo:    "하우스 블랜드 두봉지요", fixed: "하우스 블렌드 두 봉지 주세요",
	}
}

func scriptThai() script {
	return script{
		openers: []string{
			"สวัสดีครับ ขอใบเสนอราคาเมล็ดกาแฟ 10 กิโลได้ไหมครับ",
			"ชุดของขวัญยังมีสินค้าอยู่ไหมคะ",
			"ส่งไปกรุงเทพฯ ใช้เวลากี่วันครับ",
		},
		answers: []string{"ตกลงครับ เอาอันนี้", "ส่งเมื่อไหร่ครับ"},
		thanks:  []string{"ขอบคุณมากครับ 🙏", "ขอบคุณค่ะ"},
		shop:    []string{"ขอบคุณที่ติดต่อมา เดี๋ยวเช็กสต็อกให้ค่ะ", "พรุ่งนี้เช้าจัดส่งค่ะ"},
		typo:    "เอาสองถุุง", fixed: "เอาสองถุงครับ",
	}
}

func scriptArabic() script {
	return script{
		openers: []string{
			"مرحبا، هل يمكنني الحصول على عرض سعر لعشرة كيلو من البن؟",
			"هل علبة الهدايا الكبيرة متوفرة؟",
			"متى يصل طلبي رقم 4812؟",
		},
		answers: []string{"ممتاز، سآخذها.", "كم تستغرق مدة التوصيل؟"},
		thanks:  []string{"شكرا جزيلا 🌹", "شكرا لكم"},
		shop:    []string{"شكرا لتواصلكم، سنتحقق من المخزون.", "سيتم الشحن صباح الغد."},
		typo:    "اريد كيسسين", fixed: "أريد كيسين من فضلك",
	}
}
