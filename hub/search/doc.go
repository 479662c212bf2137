// Package search turns text into the words by which it is found, and queries into
// expressions of SQLite's FTS5 that find them.
//
// # How text is compared
//
// Text is folded first: compatible characters are one (NFKC: full-width Latin,
// half-width kana), letters lose their case and, in the Latin, Greek and Cyrillic
// scripts, their marks; katakana becomes hiragana. What tells words apart stays:
// the dakuten of が, the vowel signs of Thai and Indic scripts, ー and 々.
// Invisible characters don't count.
//
// # What a word is
//
// Letters and digits between anything else are a word. Scripts that put no spaces
// between words (Chinese, Japanese, Thai, Lao, Khmer, Burmese), and Korean, whose
// endings stick to the word, are dense: a run of them is indexed as every two
// characters that follow each other, and as its last one alone. So any stretch of
// it is found as a phrase of pairs, a single character as the beginning of a pair,
// and never across the end of a run. A pictograph is a word of its own.
//
// The index knows words in this form only: who changes the folding or the words
// must have every store indexed anew.
//
// # Scopes
//
// Each word carries its scope. Words of different scopes never meet, so a search
// in one neither finds what lies in another nor takes longer for it.
//
// Time and memory are linear in the text, of which the first [MaxText] bytes count,
// before folding and after.
package search
