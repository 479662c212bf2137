package tables

import (
	"parley/hub/store"
	"parley/hub/store/sqlite/sqldb"
	"parley/model"
)

// companyName is the key of the CRM's company in the table store.
const companyName = "crm_company"

// crmReader reads what is stored about the CRM's company and users.
type crmReader struct{ *sqldb.Session }

// CRMCompany implements [store.Reader].
func (r crmReader) CRMCompany() (model.CRMCompany, error) {
	c, err := sqldb.One[model.CRMCompany](r.Session, `SELECT value FROM store WHERE name = ?`, companyName)
	return c, sqldb.Wrap(err, "read CRM company")
}

// CRMUser implements [store.Reader].
func (r crmReader) CRMUser(user model.UserID) (store.CRMUser, error) {
	c, err := sqldb.One[store.CRMUser](r.Session, `SELECT doc FROM crm_users WHERE user_id = ?`, user)
	return c, sqldb.Wrap(err, "read CRM user %s", user)
}

// CRMUsers implements [store.Reader].
func (r crmReader) CRMUsers() ([]store.CRMUser, error) {
	list, err := sqldb.Many[store.CRMUser](r.Session, `SELECT doc FROM crm_users ORDER BY user_id`)
	return list, sqldb.Wrap(err, "read CRM users")
}

// crmWriter writes what is stored about the CRM's company and users.
type crmWriter struct{ *sqldb.Session }

// SetCRMCompany implements [store.AccountTx].
func (t crmWriter) SetCRMCompany(c model.CRMCompany) error {
	doc, err := sqldb.Encode(c)
	if err == nil {
		err = t.Run(setStore, companyName, doc)
	}
	return sqldb.Wrap(err, "set CRM company")
}

// PutCRMUser implements [store.AccountTx].
func (t crmWriter) PutCRMUser(c store.CRMUser) error {
	c.CheckedAt = sqldb.Exact(c.CheckedAt)
	doc, err := sqldb.Encode(c)
	if err == nil {
		err = t.Run(`INSERT INTO crm_users (user_id, doc) VALUES (?, ?)
			ON CONFLICT (user_id) DO UPDATE SET doc = excluded.doc`, c.User, doc)
	}
	return sqldb.Wrap(err, "put CRM user %s", c.User)
}
