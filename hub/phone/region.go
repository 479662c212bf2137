package phone

import (
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// RegionOfZone returns the region (like JP) for whose telephone numbers a time zone
// (Asia/Tokyo) stands, empty if unknown. Of regions that share a country code it is the one
// whose numbers are parsed the same way.
func RegionOfZone(zone string) string { return zones()[zone] }

var zones = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	codes := phonenumbers.GetSupportedCallingCodes()
	sorted := make([]int, 0, len(codes))
	for code := range codes {
		sorted = append(sorted, code)
	}
	slices.Sort(sorted)
	for _, code := range sorted {
		region := phonenumbers.GetRegionCodeForCountryCode(code)
		names, err := phonenumbers.GetTimezonesForPrefix(phonenumbers.Format(callingCode(code), phonenumbers.E164))
		if err != nil || len(region) != 2 {
			continue
		}
		for _, name := range names {
			if _, taken := out[name]; !taken && name != phonenumbers.UNKNOWN_TIMEZONE {
				out[name] = region
			}
		}
	}
	return out
})

func callingCode(code int) *phonenumbers.PhoneNumber {
	c := int32(code) //nolint:gosec // a calling code has at most three digits
	return &phonenumbers.PhoneNumber{CountryCode: &c}
}

// RegionOfLocale returns the region of a Facebook locale (ja_JP), empty if it has none: some of
// Facebook's locales have something else in its place.
func RegionOfLocale(locale string) string {
	switch locale {
	case "es_LA", "ar_AR", "en_PI", "en_UD", "fb_LT", "eo_EO", "la_VA", "tl_ST", "fb_HA":
		return ""
	}
	_, region, _ := strings.Cut(strings.ReplaceAll(locale, "-", "_"), "_")
	return supported(region)
}

// RegionOfLanguage returns the region in which a language (ja) is written most, empty if
// unknown.
func RegionOfLanguage(tag string) string {
	t, err := language.Parse(tag)
	if err != nil || tag == "" {
		return ""
	}
	r, _ := t.Region()
	return supported(r.String())
}

// RegionOfText returns the only region in which a script in the texts (かな) is written, empty if
// there is none.
func RegionOfText(texts []string) string {
	for _, t := range texts {
		for _, r := range t {
			for _, s := range oneCountry {
				if r > unicode.MaxLatin1 && unicode.In(r, s.script...) {
					return s.region
				}
			}
		}
	}
	return ""
}

// oneCountry are scripts whose letters are written in one country only.
var oneCountry = []struct {
	region string
	script []*unicode.RangeTable
}{
	{"JP", []*unicode.RangeTable{unicode.Hiragana, unicode.Katakana}},
	{"KR", []*unicode.RangeTable{unicode.Hangul}},
	{"TH", []*unicode.RangeTable{unicode.Thai}},
	{"GR", []*unicode.RangeTable{unicode.Greek}},
	{"IL", []*unicode.RangeTable{unicode.Hebrew}},
	{"GE", []*unicode.RangeTable{unicode.Georgian}},
	{"AM", []*unicode.RangeTable{unicode.Armenian}},
	{"KH", []*unicode.RangeTable{unicode.Khmer}},
	{"LA", []*unicode.RangeTable{unicode.Lao}},
	{"MM", []*unicode.RangeTable{unicode.Myanmar}},
	{"LK", []*unicode.RangeTable{unicode.Sinhala}},
}

// RegionOfCountry returns the region of a country code (JP) or an English name (Japan); empty
// if there is no such country.
func RegionOfCountry(country string) string {
	if r := supported(strings.ToUpper(country)); r != "" {
		return r
	}
	return countries()[strings.ToLower(strings.TrimSpace(country))]
}

// RegionOfNumber returns the region of a number with a country code.
func RegionOfNumber(written string) string {
	n, err := phonenumbers.Parse(normal(written), unknownRegion)
	if err != nil || !phonenumbers.IsValidNumber(n) {
		return ""
	}
	return supported(phonenumbers.GetRegionCodeForNumber(n))
}

func supported(region string) string {
	if phonenumbers.GetSupportedRegions()[region] {
		return region
	}
	return ""
}

var countries = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	names := display.English.Regions()
	for region := range phonenumbers.GetSupportedRegions() {
		if r, err := language.ParseRegion(region); err == nil {
			out[strings.ToLower(names.Name(r))] = region
		}
	}
	return out
})
