package sqlite

import (
	"parley/hub/store"
	"parley/model"
)

// companyName is the CRM's company in the table store.
const companyName = "crm_company"

// crmReader reads what is kept of the CRM.
type crmReader struct{ *session }

// CRMCompany implements [store.Reader].
func (r crmReader) CRMCompany() (model.CRMCompany, error) {
	c, err := one[model.CRMCompany](r.session, `SELECT value FROM store WHERE name = ?`, companyName)
	return c, wrap(err, "read CRM company")
}

// CRMUser implements [store.Reader].
func (r crmReader) CRMUser(user model.UserID) (store.CRMUser, error) {
	c, err := one[store.CRMUser](r.session, `SELECT doc FROM crm_users WHERE user_id = ?`, user)
	return c, wrap(err, "read CRM user %s", user)
}

// CRMUsers implements [store.Reader].
func (r crmReader) CRMUsers() ([]store.CRMUser, error) {
	list, err := many[store.CRMUser](r.session, `SELECT doc FROM crm_users ORDER BY user_id`)
	return list, wrap(err, "read CRM users")
}

// crmWriter writes what is kept of the CRM.
type crmWriter struct{ *session }

// SetCRMCompany implements [store.AccountTx].
func (t crmWriter) SetCRMCompany(c model.CRMCompany) error {
	doc, err := encode(c)
	if err == nil {
		err = t.run(setStore, companyName, doc)
	}
	return wrap(err, "set CRM company")
}

// PutCRMUser implements [store.AccountTx].
func (t crmWriter) PutCRMUser(c store.CRMUser) error {
	c.CheckedAt = exact(c.CheckedAt)
	doc, err := encode(c)
	if err == nil {
		err = t.run(`INSERT INTO crm_users (user_id, doc) VALUES (?, ?)
			ON CONFLICT (user_id) DO UPDATE SET doc = excluded.doc`, c.User, doc)
	}
	return wrap(err, "put CRM user %s", c.User)
}
