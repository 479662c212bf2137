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

// RegionOfZone returns the region (JP) whose telephone numbers a time zone (Asia/Tokyo) goes
// with, empty where that can't be told. Where regions share a country's code it is the one
// whose numbers are read alike.
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
	c := int32(code) //nolint:gosec // a calling code has three digits at most
	return &phonenumbers.PhoneNumber{CountryCode: &c}
}

// RegionOfLocale returns the region of a locale as Facebook writes it (ja_JP), empty where
// it names none: some of Facebook's locales have in its place what is no country.
func RegionOfLocale(locale string) string {
	switch locale {
	case "es_LA", "ar_AR", "en_PI", "en_UD", "fb_LT", "eo_EO", "la_VA", "tl_ST", "fb_HA":
		return ""
	}
	_, region, _ := strings.Cut(strings.ReplaceAll(locale, "-", "_"), "_")
	return supported(region)
}

// RegionOfLanguage returns the region in which most write a language (ja), empty where that
// can't be told.
func RegionOfLanguage(tag string) string {
	t, err := language.Parse(tag)
	if err != nil || tag == "" {
		return ""
	}
	r, _ := t.Region()
	return supported(r.String())
}

// RegionOfText returns the region in which alone a script is written that stands in texts
// (かな), empty where there is none such.
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

// oneCountry are scripts in which the letters of one country alone are written.
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

// RegionOfCountry returns the region of a country's code (JP), or of its English name
// (Japan); empty where nothing is called so.
func RegionOfCountry(country string) string {
	if r := supported(strings.ToUpper(country)); r != "" {
		return r
	}
	return countries()[strings.ToLower(strings.TrimSpace(country))]
}

// RegionOfNumber returns the region of a number that is written with its country's code.
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
