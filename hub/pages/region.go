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
	// countryFor is how long it is used again where a Page is; unknownFor that nobody said.
	countryFor = 24 * time.Hour
	unknownFor = 10 * time.Minute
	// countryCall bounds asking for it: somebody waits for what is suggested.
	countryCall = 3 * time.Second
)

// PhoneRegions are the regions of which telephone numbers without a country's code may be
// that stand in a Page's conversation, the likeliest first: where the Page is, the zone of
// who connected it, the customer's locale, and what is known of who reads it and of how
// the customer writes.
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

// pageRegion asks Facebook where a Page is; empty where it does not say.
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
