package tales

import "time"

// japanese returns the tales in Japanese, in the order of the English ones.
func japanese() []Tale {
	const lang = "ja"
	return []Tale{
		{
			Who: person("山田 花子", "花子", "山田", lang, "female"), Begins: 2 * time.Second,
			Opens: []Say{{Text: "こんにちは。渋谷の小さなオフィスですが、毎月コーヒー豆を5kgほどお願いしたいと思っています。"}, {Text: "お見積もりをいただけますか？お電話は{phone}までお願いします。"}},
			Answers: []Answer{
				{To: []string{"見積", "円", "¥", "価格", "kg"}, Says: []Say{{Text: "予算内です。最初の納品はいつ頃になりますか？"}}},
				{To: []string{"明日", "月曜", "来週", "日", "発送", "納品"}, Says: []Say{{Text: "大丈夫です。ミルがないので、中挽きでお願いします。"}}},
				{To: []string{"電話"}, Says: []Say{{Text: "はい、14時以降ならいつでも出られます。"}}},
			},
			Else:   [][]Say{{{Text: "なるほど。月5kgですと、おいくらになりますか？"}}},
			Thanks: Say{Text: "ありがとうございます。よろしくお願いいたします。"},
		},
		{
			Who: person("Ken Sato", "Ken", "Sato", lang, "male"), Begins: 9 * time.Second,
			Opens: []Say{{Text: "港のカフェの佐藤です。ハウスブレンドをまた20kgお願いします。メールは {email} です。"}},
			Answers: []Answer{
				{To: []string{"請求書", "メール"}, Says: []Say{{Text: "はい、その宛先で。条件は前回と同じですか？"}}},
				{To: []string{"明日", "金曜", "来週", "日", "発送", "配達", "お届け"}, Says: []Say{{Text: "助かります。裏口のベルを鳴らしてください。"}}},
				{To: []string{"価格", "円", "¥", "割引", "%"}, Says: []Say{{Text: "わかりました。それでお願いします。"}}},
			},
			Else:   [][]Say{{{Text: "いつ届けてもらえますか？"}}},
			Thanks: Say{Text: "いつも早くて助かります。"},
		},
		{
			Who: person("高橋 美咲", "美咲", "高橋", lang, "female"), Begins: 15 * time.Second,
			Opens: []Say{{Text: "今日ドリッパーが届いたのですが、こうなっていました…"}, {Photo: "broken-dripper.jpg"}},
			Answers: []Answer{
				{To: []string{"申し訳", "交換", "新しい", "お送り"}, Says: []Say{{Text: "ありがとうございます。割れたものは返送しますか？"}}},
				{To: []string{"番号", "注文"}, Says: []Say{{Text: "注文番号は4812です。"}}},
				{To: []string{"不要", "必要は", "そのまま", "処分"}, Says: []Say{{Text: "助かります。"}}},
			},
			Else:   [][]Say{{{Text: "交換していただけますか？"}}},
			Thanks: Say{Text: "ご対応ありがとうございました。"},
		},
		{
			Who: person("Marta Ruiz", "Marta", "Ruiz", lang, "female"), Begins: 24 * time.Second,
			Opens: []Say{{Text: "ミルから変な音がします。聞いてみてください。"}, {Voice: "audioclip-1700031.wav"}},
			Answers: []Answer{
				{To: []string{"掃除", "清掃", "刃", "開け"}, Says: []Say{{Text: "中に小石が入っていました！直りました。"}}},
				{To: []string{"お持ち", "持って", "店", "修理", "送"}, Says: []Say{{Text: "明日の昼に伺えます。大丈夫ですか？"}}},
			},
			Else:   [][]Say{{{Text: "自分で直せるものでしょうか？"}}},
			Thanks: Say{Text: "ありがとうございます。毎朝の楽しみが戻りました。"},
		},
		{
			Who: person("伊藤 さくら", "さくら", "伊藤", lang, "female"), Begins: 4 * time.Second,
			Opens: []Say{{Text: "土曜日のラテアート教室はまだ空いていますか？"}},
			Answers: []Answer{
				{To: []string{"2席", "席", "はい", "空"}, Says: []Say{{Text: "では妹と2名でお願いします。楽しみです。"}}},
			},
			Else:   [][]Say{{{Text: "何時からでしょうか？"}}},
			Thanks: Say{Text: "土曜日に伺います。"},
		},
	}
}

// japaneseLater returns the tales that follow those.
func japaneseLater() []Tale {
	const lang = "ja"
	return []Tale{
		{
			Who: person("渡辺 直樹", "直樹", "渡辺", lang, "male"), Begins: 40 * time.Second,
			Opens: []Say{{Text: "12月分の注文書をお送りします。"}, {File: "order-december.pdf"}},
			Answers: []Answer{
				{To: []string{"受け取", "ありがとう", "確認"}, Says: []Say{{Text: "よかったです。ギフトセットだけ急いでいます。"}}},
				{To: []string{"在庫", "品切れ", "残り"}, Says: []Say{{Text: "では小さいほうでお願いします。"}}},
			},
			Else:   [][]Say{{{Text: "今日中にご確認いただけますか？"}}},
			Thanks: Say{Text: "ありがとうございます。来月もお願いします。"},
		},
		{
			Who: person("ももこ🌸", "ももこ🌸", "", lang, "female"), Begins: 500 * time.Millisecond,
			Opens: []Say{{Text: "最後のギフトセットを取り置きしてもらえますか？18時に伺います。"}},
			Answers: []Answer{
				{To: []string{"取り置き", "お取り置き", "はい", "承"}, Says: []Say{{Text: "うれしいです。現金で払います。"}}},
			},
			Thanks: Say{Text: "18時に伺います。"},
		},
		{
			Who: person("小林 健", "健", "小林", lang, "male"), Begins: 65 * time.Second,
			Opens:   []Say{{Text: "デカフェを2たいください", Fixed: "デカフェを2袋ください"}},
			Answers: []Answer{{To: []string{"挽", "豆", "粉"}, Says: []Say{{Text: "豆のままでお願いします。"}}}},
			Else:    [][]Say{{{Text: "仕事帰りに受け取ります。"}}},
			Thanks:  Say{Text: "ありがとうございます！"},
		},
		{
			Who: person("中村 葵", "葵", "中村", lang, "female"), Begins: 95 * time.Second,
			Opens:   []Say{{Text: "水出しコーヒーにはどの豆がおすすめですか？"}},
			Answers: []Answer{{To: []string{"エチオピア", "ケニア", "深煎り", "浅煎り"}, Says: []Say{{Text: "試してみます。挽き目はどのくらいですか？"}}}},
			Else:    [][]Say{{{Text: "1リットルに何グラム使いますか？"}}},
			Thanks:  Say{Text: "ありがとうございます。よくわかりました。"},
		},
	}
}

// mattersJapanese returns what old conversations in Japanese were about.
func mattersJapanese() []Matter {
	return []Matter{
		{[]string{"エスプレッソマシンの手付金を今日中に振り込みたいのですが、口座を教えていただけますか？"}},
		{[]string{"デカフェの豆はありますか？", "はい、コロンビアを200gと1kgでご用意しています。", "では1kgをお取り置きいただけますか？"}},
		{[]string{"4790番の注文はいつ届きますか？", "今朝発送しました。明日届きます。", "わかりました。ありがとうございます。"}},
		{[]string{"小さなカフェですが、卸価格を教えていただけますか？"}},
		{[]string{"大阪までの送料はいくらですか？", "800円です。5,000円以上は無料になります。", "何日くらいで届きますか？"}},
		{[]string{"会社宛の請求書は出せますか？", "はい、お宛名をお願いします。", "株式会社ひまわりです。住所は注文のとおりです。", "メールでお送りしました。", "ありがとうございます。"}},
		{[]string{"日曜日は営業していますか？", "はい、10時から17時です。", "では日曜日に伺います。"}},
		{[]string{"緑色の傘を忘れたのですが、ありますか？"}},
		{[]string{"ミルのふたが割れました。ふただけ買えますか？", "無料でお送りします。小さいほうのミルでしょうか？", "はい、小さいほうです。"}},
		{[]string{"ケニアは何度のお湯がいいですか？", "92度で、少し粗めがおすすめです。", "今夜試してみます。"}},
		{[]string{"2袋をギフト包装にできますか？", "はい。カードもお付けしますか？", "「お誕生日おめでとう」でお願いします。"}},
		{[]string{"結婚式で80名分のコーヒーバーを考えています。対応していますか？"}},
	}
}
