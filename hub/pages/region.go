package pages

import (
	"context"
	"slices"
	"time"

	"parley/hub/logkey"
	"parley/hub/phone"
	"parley/hub/store"
	"parley/model"
)

const (
	// countryFor is how long a Page's country is cached; unknownFor how long a failure is.
	countryFor = 24 * time.Hour
	unknownFor = 10 * time.Minute
	// countryCall bounds asking for the country: somebody waits for suggestions.
	countryCall = 3 * time.Second
)

// PhoneRegions returns the regions from which telephone numbers without a country code in a
// Page's conversation may be, the likeliest first: by where the Page is, the zone of its
// installer, the customer's locale, how the customer writes, and the reader's own zone and
// language.
func (i *Installations) PhoneRegions(ctx context.Context, p store.Page, customer model.Customer, user model.User, texts []string) (regions []string) {
	for _, r := range []string{
		i.pageRegion(ctx, p), phone.RegionOfZone(p.Zone), phone.RegionOfLocale(customer.Locale),
		phone.RegionOfText(texts), phone.RegionOfZone(user.TimeZone), phone.RegionOfLanguage(user.Language),
	} {
		if r != "" && !slices.Contains(regions, r) {
			regions = append(regions, r)
		}
	}
	return regions
}

// pageRegion asks Facebook where a Page is; empty if it does not say.
func (i *Installations) pageRegion(ctx context.Context, p store.Page) string {
	now := i.now()
	if region, ok := i.countries.Get(p.ID, now); ok {
		return region
	}
	if !p.Connected() {
		return ""
	}
	token, err := i.token(p)
	var told []model.Untrusted
	if err == nil {
		call, cancel := context.WithTimeout(ctx, min(countryCall, i.timing.GraphCall))
		told, err = i.meta.PageCountry(call, token, p.PageID)
		cancel()
	}
	if ctx.Err() != nil {
		return ""
	}
	if err != nil {
		i.log.Info("page's country not told", logkey.Page, string(p.ID), logkey.Error, err)
		i.countries.Put(p.ID, "", now, now.Add(unknownFor))
		return ""
	}
	region := ""
	for _, t := range told {
		if region = phone.RegionOfCountry(string(t)); region == "" {
			region = phone.RegionOfNumber(string(t))
		}
		if region != "" {
			break
		}
	}
	i.countries.Put(p.ID, region, now, now.Add(countryFor))
	return region
}
