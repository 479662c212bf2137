// Package search turns text into the words by which it is found, and queries into FTS5
// expressions that find them.
//
// # How text is compared
//
// Text is folded first: compatible characters become one (NFKC: full-width Latin, half-width
// kana), letters lose their case and, in the Latin, Greek and Cyrillic scripts, their marks;
// katakana becomes hiragana. What distinguishes words stays: the dakuten of が, the vowel signs
// of Thai and Indic scripts, ー and 々. Invisible characters don't count.
//
// # What a word is
//
// A word is a run of letters and digits. Scripts without spaces between words (Chinese,
// Japanese, Thai, Lao, Khmer, Burmese), and Korean, whose endings stick to the word, are dense:
// a run of them is indexed as all pairs of adjacent characters, and its last character alone.
// So any stretch of it is found as a phrase of pairs, a single character as the beginning of a
// pair, and never across the end of a run. A pictograph is a word of its own.
//
// The index has words only in this form: changing the folding or the words requires every store
// to be indexed anew.
//
// # Phrases
//
// Words in quotes must stand next to each other, in that order; what is no word may stand between
// them. So "東京 京都" is not found in 東京京都, which is one run.
//
// # Scopes
//
// Each word has a scope. Words of different scopes never match, so a search in one scope
// neither finds what is in another nor takes longer because of it.
//
// Time and memory are linear in the text, of which the first [MaxText] bytes count, before and
// after folding.
package search
