package sandbox

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"time"

	"parley/sandbox/web"
)

// crmFault is how Pipedrive fails now.
type crmFault string

const (
	crmWell crmFault = ""
	// crmError500 answers in Pipedrive's envelope, crmHTML403 as the wall before it does
	// to who asks too much, crmCut not at all; crmGarbage is half a JSON object.
	crmError500 crmFault = "http_500"
	crmHTML403  crmFault = "html_403"
	crmCut      crmFault = "reset"
	crmGarbage  crmFault = "garbage"
	crmHang     crmFault = "timeout"
)

// crmFails fails a call, if Pipedrive is to fail now, and tells whether it did.
func (s *Sandbox) crmFails(w http.ResponseWriter, r *http.Request) bool {
	s.mu.Lock()
	fault := s.crm.fault
	s.mu.Unlock()
	switch fault {
	case crmError500:
		web.JSON(w, http.StatusInternalServerError, crmError("Internal server error"))
	case crmHTML403:
		crmWall(w)
	case crmGarbage:
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"success":true,"data":{"id":`))
	case crmHang:
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	case crmCut:
		panic(http.ErrAbortHandler)
	case crmWell:
		return false
	}
	return true
}

// controlPipedrive tells how Pipedrive is, and has it fail.
func (s *Sandbox) controlPipedrive(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Fault     *crmFault `json:"fault"`
		DailyLeft *int      `json:"daily_left"`
	}
	if !readControl(w, r, &in) {
		return
	}
	if in.Fault != nil {
		switch *in.Fault {
		case crmWell, crmError500, crmHTML403, crmCut, crmGarbage, crmHang:
		default:
			refuse(w, http.StatusBadRequest, fmt.Errorf("fault must be empty, http_500, html_403, reset, garbage or timeout, not %q", web.Clip(string(*in.Fault), 40)))
			return
		}
	}
	s.mu.Lock()
	if in.Fault != nil {
		s.crm.fault = *in.Fault
	}
	if in.DailyLeft != nil {
		s.crm.budget.left = *in.DailyLeft
	}
	answer := map[string]any{
		"fault": s.crm.fault, "calls": s.crm.calls, "by_call": maps.Clone(s.crm.byCall), "daily_left": s.crm.budget.left,
		"refused": s.crm.budget.refused, "busiest_searches": s.crm.budget.busiest,
	}
	s.mu.Unlock()
	web.JSON(w, http.StatusOK, answer)
}

// controlPipedriveRecords shows what Pipedrive holds, hidden or not.
func (s *Sandbox) controlPipedriveRecords(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	book := s.controlBook()
	s.mu.Unlock()
	web.JSON(w, http.StatusOK, book)
}

// crmControlNode is a user as the control API shows them.
type crmControlNode struct {
	Email   string `json:"email"`
	Name    string `json:"name"`
	Company string `json:"company"`
	Admin   bool   `json:"admin"`
	Active  bool   `json:"active"`
	Token   string `json:"token"`
}

func (u *crmUser) control() crmControlNode {
	return crmControlNode{Email: u.email, Name: u.name, Company: u.company.domain, Admin: u.admin, Active: u.active, Token: u.apiToken}
}

func (s *Sandbox) controlPipedriveUsers(w http.ResponseWriter, _ *http.Request) {
	list := []crmControlNode{}
	s.mu.Lock()
	for _, u := range s.crm.users {
		list = append(list, u.control())
	}
	s.mu.Unlock()
	web.JSON(w, http.StatusOK, map[string]any{"users": list})
}

// controlPipedriveUser changes a user.
func (s *Sandbox) controlPipedriveUser(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Admin  *bool  `json:"admin"`
		Active *bool  `json:"active"`
		Name   string `json:"name"`
		Revoke bool   `json:"revoke"`
	}
	if !readControl(w, r, &in) {
		return
	}
	s.mu.Lock()
	u := s.crm.userByEmail(r.PathValue("email"))
	if u == nil {
		s.mu.Unlock()
		refuse(w, http.StatusNotFound, errors.New("no such user; GET /control/pipedrive/users lists them"))
		return
	}
	if in.Admin != nil {
		u.admin = *in.Admin
	}
	if in.Active != nil {
		u.active = *in.Active
	}
	if in.Name != "" {
		u.name = in.Name
	}
	if in.Revoke {
		maps.DeleteFunc(s.crm.grants, func(_ string, g *crmGrant) bool { return g.user == u })
	}
	u.modified = s.now().Truncate(time.Second)
	answer := u.control()
	s.mu.Unlock()
	web.JSON(w, http.StatusOK, answer)
}
