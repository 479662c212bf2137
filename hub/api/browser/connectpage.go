// Package browser serves the pages for browsers: connecting a Page at Facebook, and signing in
// a terminal.
package browser

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"parley/hub/api/door"
	"parley/hub/connect"
	"parley/i18n"
	"parley/model"
	"parley/model/safe"
)

// The pages for connecting a Page, all below connectPath. The link brings the browser in, a
// cookie binds the rest to that browser; no token ever gets here.
const (
	connectPath   = "/connect"
	connectedPath = connectPath + "/callback"
	choosePath    = connectPath + "/page"
	outcomePath   = connectPath + "/done"
	connectCookie = "parley_connect"
	cookieLife    = 20 * time.Minute

	fieldLink       = "link"
	fieldPage       = "page"
	fieldVisibility = "visibility"
	fieldAttempt    = "attempt"

	// maxPageForm is the largest form accepted.
	maxPageForm = 16 << 10
	// pageNameCells is how much of a Page's name is shown.
	pageNameCells = 100
)

type invitePage struct {
	Asks, Only, What, Go, Link, Action, Form string
	Does                                     []string
}

type choicePage struct {
	Problem, For         string
	Attempt, Form        string
	PagesTitle, WhoTitle string
	Pages                []choiceOption
	Sights               []sightOption
	Later, Go, Action    string
}

type choiceOption struct {
	ID, Name, Reason string
	Chosen           bool
}

type sightOption struct {
	Value, Title, Means string
	Chosen              bool
}

type messagePage struct {
	Lines        []string
	Reason, Code string
}

// ConnectHub is what the pages need of the hub.
type ConnectHub interface {
	DialogOrigin() string
	ConnectInvite(link string) (model.User, error)
	ConnectStart(link, browser, redirect string) (dialog string, err error)
	ConnectReturn(ctx context.Context, r connect.Return) error
	ConnectChoice(ctx context.Context, browser string) (connect.Choice, error)
	ConnectChoose(ctx context.Context, browser, id string, page model.MetaPageID, v model.Visibility) error
	ConnectOutcome(browser string) (model.Connect, error)
}

// ConnectPages are the pages for connecting a Page.
type ConnectPages struct {
	hub       ConnectHub
	door      *door.Door
	publicURL string
	forms     *Forms
	web       *webPages
}

// NewConnectPages returns the pages of a hub that browsers reach at that address.
func NewConnectPages(hub ConnectHub, d *door.Door, forms *Forms, publicURL string) *ConnectPages {
	return &ConnectPages{hub: hub, door: d, forms: forms, publicURL: publicURL, web: newWebPages(hub.DialogOrigin())}
}

// ConnectLink returns the link that opens an attempt to connect in a browser.
func ConnectLink(publicURL, link string) string {
	return publicURL + connectPath + "?" + url.Values{fieldLink: {link}}.Encode()
}

// Register serves the pages.
func (s *ConnectPages) Register(mux *http.ServeMux) {
	mux.HandleFunc("GET "+connectPath, s.showInvite)
	mux.HandleFunc("POST "+connectPath, s.startConnect)
	mux.HandleFunc("GET "+connectedPath, s.returnConnect)
	mux.HandleFunc("GET "+choosePath, s.showChoice)
	mux.HandleFunc("POST "+choosePath, s.chooseConnect)
	mux.HandleFunc("GET "+outcomePath, s.showOutcome)
}

// prefix is the path below which browsers reach the hub; mostly empty.
func (s *ConnectPages) prefix() string {
	u, err := url.Parse(s.publicURL)
	if err != nil {
		return ""
	}
	return u.EscapedPath()
}

// show answers with a page.
func (s *ConnectPages) show(w http.ResponseWriter, r *http.Request, status int, page webPage) {
	if err := s.web.show(w, r, status, page); err != nil {
		s.door.Log.Error("show web page", "error", err)
		door.WriteProblem(w, door.NewProblem(http.StatusInternalServerError, door.CodeInternal, "The hub made a mistake. Its log says more."))
	}
}

// redirect sends a browser on with a GET.
func (s *ConnectPages) redirect(w http.ResponseWriter, r *http.Request, to string) {
	s.web.protect(w.Header())
	http.Redirect(w, r, to, http.StatusSeeOther) //nolint:gosec // only to pages of the hub, and to the dialog that it was configured with
}

// showInvite says what the link is for and who made it. Nothing happens before the button is
// pressed: a program that follows links does not use it up.
func (s *ConnectPages) showInvite(w http.ResponseWriter, r *http.Request) {
	link := r.URL.Query().Get(fieldLink)
	who, err := s.hub.ConnectInvite(link)
	if err != nil {
		s.showRefusal(w, r, err)
		return
	}
	say := s.web.words(r).Say
	browser := s.forms.ensureSecret(w, r, connectCookie, s.prefix()+connectPath, cookieLife)
	s.show(w, r, http.StatusOK, webPage{Title: say(i18n.WebConnectTitle), Invite: &invitePage{
		Form: s.forms.token(browser, connectPath, link),
		Asks: say(i18n.WebConnectAsks, "Name", account(who)), Only: say(i18n.WebConnectOnly), What: say(i18n.WebConnectWhat),
		Does: []string{say(i18n.WebConnectRead), say(i18n.WebConnectSend), say(i18n.WebConnectStop)},
		Go:   say(i18n.WebConnectGo), Link: link, Action: s.prefix() + connectPath,
	}})
}

// account is a user's name with their e-mail address, which distinguishes them from others of
// that name.
func account(u model.User) string {
	if u.Email == "" {
		return ourName(u.Name)
	}
	return ourName(u.Name) + " (" + ourName(u.Email) + ")"
}

// ourName is a user's name made safe for a page.
func ourName(name string) string { return safe.Line(model.Untrusted(name)).String() }

// form parses a form; if it can't, it answers and returns false.
func (s *ConnectPages) form(w http.ResponseWriter, r *http.Request) bool {
	door.ReadWithin(w, formTime)
	r.Body = http.MaxBytesReader(w, r.Body, maxPageForm)
	if err := r.ParseForm(); err != nil {
		s.showRefusal(w, r, model.Refuse(model.ConnectExpired))
		return false
	}
	return true
}

// startConnect binds the attempt to this browser and sends it to Facebook.
func (s *ConnectPages) startConnect(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	link, browser := r.PostForm.Get(fieldLink), s.forms.browser(r, connectCookie)
	if !s.forms.valid(r, browser, connectPath, link) { // the page that names the user who asks was not shown there
		s.showRefusal(w, r, model.Refuse(model.ConnectForeign))
		return
	}
	dialog, err := s.hub.ConnectStart(link, browser, s.publicURL+connectedPath)
	if err != nil {
		s.showRefusal(w, r, err)
		return
	}
	s.forms.ensureSecret(w, r, connectCookie, s.prefix()+connectPath, cookieLife)
	s.redirect(w, r, dialog)
}

// returnConnect handles the browser that comes back from Facebook, and redirects it, so that
// the code stays in no history.
func (s *ConnectPages) returnConnect(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	err := s.hub.ConnectReturn(r.Context(), connect.Return{
		Browser: s.forms.browser(r, connectCookie), State: q.Get("state"), Code: q.Get("code"), Declined: q.Get("error") != "",
		Redirect: s.publicURL + connectedPath,
	})
	var refusal *model.Refusal
	switch {
	case err == nil:
		s.redirect(w, r, s.publicURL+choosePath)
	case errors.As(err, &refusal) && (refusal.Code == model.ConnectExpired || refusal.Code == model.ConnectForeign):
		s.showRefusal(w, r, err) // it may not be an attempt of this browser
	default:
		s.redirect(w, r, s.publicURL+outcomePath)
	}
}

func (s *ConnectPages) showChoice(w http.ResponseWriter, r *http.Request) {
	s.choice(w, r, http.StatusOK, "")
}

// choice shows the Pages and who may see them.
func (s *ConnectPages) choice(w http.ResponseWriter, r *http.Request, status int, problem i18n.ID) {
	browser := s.forms.browser(r, connectCookie)
	c, err := s.hub.ConnectChoice(r.Context(), browser)
	if err != nil {
		s.showRefusal(w, r, err)
		return
	}
	say := s.web.words(r).Say
	page := choicePage{
		For: say(i18n.WebChooseFor, "Name", account(c.User)), Attempt: c.ID, Form: s.forms.token(browser, choosePath, c.ID),
		PagesTitle: say(i18n.WebChoosePage), WhoTitle: say(i18n.WebChooseWho), Later: say(i18n.WebChooseLater), Go: say(i18n.WebChooseGo), Action: s.prefix() + choosePath,
		Sights: []sightOption{
			{string(model.Private), say(i18n.WebChoosePrivate), say(i18n.WebPrivateMeans), c.Visibility == model.Private},
			{string(model.Shared), say(i18n.WebChooseShared), say(i18n.WebSharedMeans, "N", strconv.Itoa(c.Users)), c.Visibility == model.Shared},
		},
	}
	if problem != "" {
		page.Problem = say(problem)
	}
	free := 0
	for _, p := range c.Pages {
		o := choiceOption{ID: string(p.ID), Name: safe.LineN(p.Name, pageNameCells).String()}
		switch {
		case p.Code == model.AlreadyConnected && p.Owner != "":
			o.Reason = say(i18n.WebOwnedBy, "Name", ourName(p.Owner))
		case p.Code == model.NoManageTask:
			o.Reason = say(i18n.WebNoControl)
		case p.Code != "":
			o.Reason = say(i18n.WebCode(string(p.Code)))
		default:
			free++
		}
		page.Pages = append(page.Pages, o)
	}
	for i := range page.Pages {
		page.Pages[i].Chosen = free == 1 && page.Pages[i].Reason == ""
	}
	s.show(w, r, status, webPage{Title: say(i18n.WebChooseTitle), Choice: &page})
}

// chooseConnect connects the Page that was chosen.
func (s *ConnectPages) chooseConnect(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	attempt, browser := r.PostForm.Get(fieldAttempt), s.forms.browser(r, connectCookie)
	if !s.forms.valid(r, browser, choosePath, attempt) {
		s.showRefusal(w, r, model.Refuse(model.ConnectForeign))
		return
	}
	err := s.hub.ConnectChoose(r.Context(), browser, attempt, model.MetaPageID(r.PostForm.Get(fieldPage)), model.Visibility(r.PostForm.Get(fieldVisibility)))
	var invalid *model.InvalidError
	if errors.As(err, &invalid) {
		s.choice(w, r, http.StatusUnprocessableEntity, i18n.WebChooseNoPage)
		return
	}
	s.redirect(w, r, s.publicURL+outcomePath) // the result is there, also if the form is sent twice
}

// showOutcome shows the result of the browser's attempt.
func (s *ConnectPages) showOutcome(w http.ResponseWriter, r *http.Request) {
	c, err := s.hub.ConnectOutcome(s.forms.browser(r, connectCookie))
	switch {
	case err != nil:
		s.showRefusal(w, r, err)
		return
	case c.State == model.ConnectRefused:
		s.showRefusal(w, r, model.Refuse(c.Code))
		return
	}
	say := s.web.words(r).Say
	if c.State != model.ConnectDone {
		s.show(w, r, http.StatusOK, webPage{Title: say(i18n.WebWaitTitle), Message: &messagePage{Lines: []string{say(i18n.WebWaitText)}}})
		return
	}
	sight := i18n.WebDonePrivate
	if c.Page.Visibility == model.Shared {
		sight = i18n.WebDoneShared
	}
	s.show(w, r, http.StatusOK, webPage{Title: say(i18n.WebDoneTitle), Message: &messagePage{Lines: []string{
		say(i18n.WebDoneText, "Page", safe.LineN(c.Page.Name, pageNameCells)), say(sight), say(i18n.WebDoneNext),
	}}})
}

// showRefusal says why a Page is not connected, and what to do.
func (s *ConnectPages) showRefusal(w http.ResponseWriter, r *http.Request, err error) {
	code, status := door.CodeInternal, http.StatusInternalServerError
	var p *door.Problem
	if errors.As(s.door.Problem(r.Context(), err), &p) {
		code, status = p.Code, p.Status
	}
	say := s.web.words(r)
	why := i18n.WebCode(string(code))
	if !say.Has(why) {
		why = i18n.Code(string(code))
	}
	s.show(w, r, status, webPage{Title: say.Say(i18n.WebRefusedTitle), Message: &messagePage{
		Lines:  []string{say.Say(why), say.Say(i18n.WebRefusedAgain)},
		Reason: say.Say(i18n.WebReason), Code: string(code),
	}})
}
