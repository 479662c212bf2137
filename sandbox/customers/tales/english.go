package tales

import "time"

// english returns the tales in English. Hanako and Ken come first and second: Pipedrive knows them
// by the number and the address that they write.
func english() []Tale {
	const lang = "en"
	return []Tale{
		{
			Who: person("山田 花子", "花子", "山田", lang, "female"), Begins: 2 * time.Second,
			Opens: []Say{{Text: "Hello, we are a small office in Shibuya and would like 5 kg of coffee a month."}, {Text: "Could you send me a quote? You can also call me on {phone}."}},
			Answers: []Answer{
				{To: []string{"quote", "yen", "¥", "price", "kg"}, Says: []Say{{Text: "That is within our budget. When could the first delivery come?"}}},
				{To: []string{"tomorrow", "monday", "week", "day", "deliver"}, Says: []Say{{Text: "That suits us. We have no grinder, so medium ground, please."}}},
				{To: []string{"call", "phone"}, Says: []Say{{Text: "Gladly, any time after two."}}},
			},
			Else:   [][]Say{{{Text: "I see. And what would 5 kg a month cost?"}}},
			Thanks: Say{Text: "Wonderful, thank you. We look forward to it."},
		},
		{
			Who: person("Ken Sato", "Ken", "Sato", lang, "male"), Begins: 9 * time.Second,
			Opens: []Say{{Text: "Hi, Ken from the harbour café. We need 20 kg of the house blend again. My e-mail is {email}"}},
			Answers: []Answer{
				{To: []string{"invoice", "mail"}, Says: []Say{{Text: "Yes, to that address. Same terms as last time?"}}},
				{To: []string{"tomorrow", "friday", "week", "day", "deliver", "ship"}, Says: []Say{{Text: "Works for us. Ring the back door."}}},
				{To: []string{"price", "yen", "¥", "discount", "%"}, Says: []Say{{Text: "Fair enough. We'll take it."}}},
			},
			Else:   [][]Say{{{Text: "When can you deliver it?"}}},
			Thanks: Say{Text: "Thanks, as quick as ever."},
		},
		{
			Who: person("Emily Carter", "Emily", "Carter", lang, "female"), Begins: 15 * time.Second,
			Opens: []Say{{Text: "My dripper came today, and it looks like this:"}, {Photo: "broken-dripper.jpg"}},
			Answers: []Answer{
				{To: []string{"sorry", "replace", "new one", "another"}, Says: []Say{{Text: "No worries. Do I have to send the broken one back?"}}},
				{To: []string{"number", "order"}, Says: []Say{{Text: "It is order 4812."}}},
				{To: []string{"no need", "keep", "don't"}, Says: []Say{{Text: "Even better."}}},
			},
			Else:   [][]Say{{{Text: "So will I get a new one?"}}},
			Thanks: Say{Text: "Thank you for sorting it out."},
		},
		{
			Who: person("Marta Ruiz", "Marta", "Ruiz", lang, "female"), Begins: 24 * time.Second,
			Opens: []Say{{Text: "My grinder makes a strange noise. Have a listen:"}, {Voice: "audioclip-1700031.wav"}},
			Answers: []Answer{
				{To: []string{"clean", "burr", "open"}, Says: []Say{{Text: "There was a stone in it! It runs again."}}},
				{To: []string{"bring", "shop", "repair", "send"}, Says: []Say{{Text: "I could come by tomorrow at noon. Is that all right?"}}},
			},
			Else:   [][]Say{{{Text: "Is it something I can mend myself?"}}},
			Thanks: Say{Text: "Thanks a lot, you saved my mornings."},
		},
		{
			Who: person("Grace Okafor", "Grace", "Okafor", lang, "female"), Begins: 4 * time.Second,
			Opens: []Say{{Text: "Are there still seats in the latte art class on Saturday?"}},
			Answers: []Answer{
				{To: []string{"two", "seats", "yes"}, Says: []Say{{Text: "Then two, for my sister and me. I am so looking forward to it."}}},
			},
			Else:   [][]Say{{{Text: "And when does it begin?"}}},
			Thanks: Say{Text: "See you on Saturday."},
		},
	}
}

// englishLater returns the tales that follow those.
func englishLater() []Tale {
	const lang = "en"
	return []Tale{
		{
			Who: person("James Miller", "James", "Miller", lang, "male"), Begins: 40 * time.Second,
			Opens: []Say{{Text: "Here is our order for December."}, {File: "order-december.pdf"}},
			Answers: []Answer{
				{To: []string{"received", "got", "thank"}, Says: []Say{{Text: "Good. The gift boxes are the ones in a hurry."}}},
				{To: []string{"stock", "out of", "left"}, Says: []Say{{Text: "Then take the small ones instead."}}},
			},
			Else:   [][]Say{{{Text: "Can you confirm it by tonight?"}}},
			Thanks: Say{Text: "Perfect. Until next month."},
		},
		{
			Who: person("Olivia Nguyen", "Olivia", "Nguyen", lang, "female"), Begins: 500 * time.Millisecond,
			Opens: []Say{{Text: "Could you put the last gift box aside for me? I can be there at six."}},
			Answers: []Answer{
				{To: []string{"put aside", "aside", "hold", "waits", "yes"}, Says: []Say{{Text: "You are a star. I bring cash."}}},
			},
			Thanks: Say{Text: "See you at six."},
		},
		{
			Who: person("Tom Hughes", "Tom", "Hughes", lang, "male"), Begins: 65 * time.Second,
			Opens:   []Say{{Text: "can i get two bsg of decaf", Fixed: "Can I get two bags of decaf?"}},
			Answers: []Answer{{To: []string{"ground", "grind", "beans"}, Says: []Say{{Text: "Whole beans."}}}},
			Else:    [][]Say{{{Text: "I'd pick them up after work."}}},
			Thanks:  Say{Text: "Cheers!"},
		},
		{
			Who: person("Priya Patel", "Priya", "Patel", lang, "female"), Begins: 95 * time.Second,
			Opens:   []Say{{Text: "Which beans would you take for cold brew?"}},
			Answers: []Answer{{To: []string{"ethiopia", "kenya", "dark", "light", "roast"}, Says: []Say{{Text: "I'll try that. How coarse?"}}}},
			Else:    [][]Say{{{Text: "And how much for a litre?"}}},
			Thanks:  Say{Text: "Thank you, that is all I wanted to know."},
		},
	}
}

// mattersEnglish returns what old conversations in English were about.
func mattersEnglish() []Matter {
	return []Matter{
		{[]string{"I have to pay the deposit for the espresso machine today. Which account is it?"}},
		{[]string{"Do you have decaf whole beans?", "Yes, from Colombia, in 200 g and 1 kg.", "Then I'd like 1 kg. Can you keep it for me?"}},
		{[]string{"When will order 4790 be delivered?", "It left this morning and is with you tomorrow.", "Great, thank you."}},
		{[]string{"What are your wholesale prices for a small café?"}},
		{[]string{"Do you ship to Osaka?", "We do, for 800 yen; from 5,000 yen on it is free.", "And how long does it take?"}},
		{[]string{"Can you invoice our company?", "Gladly. Which name should it say?", "Himawari Ltd. The address is on our order.", "Done, it is in your mail.", "Thank you."}},
		{[]string{"Is the shop open on Sunday?", "From 10 to 17.", "See you then."}},
		{[]string{"I left my umbrella in the shop, a green one."}},
		{[]string{"The lid of my grinder is broken. Can I buy one?", "We send you one, free of charge. Is it the small grinder?", "Yes, the small one."}},
		{[]string{"Which water temperature for the Kenya?", "92 degrees, and a little coarser than usual.", "I'll try that tonight."}},
		{[]string{"Could you wrap two bags as a gift?", "Of course. With a card?", "Yes: Happy birthday, Ben."}},
		{[]string{"We are planning a wedding and would like a coffee bar for 80 guests. Do you do that?"}},
	}
}
