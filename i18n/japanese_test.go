package i18n_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestJapaneseTerms: one word for one thing, the one that Pipedrive's users know.
//
// Source: Pipedrive's FAQ on its Messenger inbox, and its help, in Japanese.
func TestJapaneseTerms(t *testing.T) {
	t.Parallel()
	for not, term := range map[string]string{
		"お客様": "顧客", "お客さま": "顧客", "カスタマー": "顧客",
		"コンタクト": "連絡先", "人物": "連絡先",
		"案件": "取引", "商談": "取引", "ディール": "取引",
		"見込み客": "リード",
		"あいさつ": "挨拶", "グリーティング": "挨拶",
		"インボックス": "受信トレイ", "受信箱": "受信トレイ",
		"公開範囲": "公開設定", "表示設定": "公開設定", "可視性": "公開設定",
		"プライベイト": "プライベート", "着信": "届く",
		"リンク済み": "連携済み",
	} {
		paths, err := filepath.Glob("catalogues/*.ja.toml")
		if err != nil || len(paths) == 0 {
			t.Fatal("no catalogues", err)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for n, line := range strings.Split(string(text), "\n") {
				if strings.Contains(line, not) && !strings.HasPrefix(line, "#") {
					t.Errorf("%s:%d: %s; our word is %s", path, n+1, not, term)
				}
			}
		}
	}
}
