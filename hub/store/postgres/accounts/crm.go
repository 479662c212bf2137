package accounts

import (
	"parley/hub/store"
	"parley/hub/store/engine"
	"parley/hub/store/postgres/pgdb"
	"parley/model"
)

// companyName is the key of the CRM's company in the table store.
const companyName = "crm_company"

// CRMReader reads what is stored about the CRM's company and users.
type CRMReader struct{ *pgdb.Session }

// CRMCompany implements [store.Reader].
func (r CRMReader) CRMCompany() (model.CRMCompany, error) {
	c, err := pgdb.One[model.CRMCompany](r.Session, `SELECT value FROM store WHERE name = ?`, companyName)
	return c, pgdb.Wrap(err, "read CRM company")
}

// CRMUser implements [store.Reader].
func (r CRMReader) CRMUser(user model.UserID) (store.CRMUser, error) {
	c, err := pgdb.One[store.CRMUser](r.Session, `SELECT doc FROM crm_users WHERE user_id = ?`, user)
	return c, pgdb.Wrap(err, "read CRM user %s", user)
}

// CRMUsers implements [store.Reader].
func (r CRMReader) CRMUsers() ([]store.CRMUser, error) {
	list, err := pgdb.Many[store.CRMUser](r.Session, `SELECT doc FROM crm_users ORDER BY user_id`)
	return list, pgdb.Wrap(err, "read CRM users")
}

// CRMWriter writes what is stored about the CRM's company and users.
type CRMWriter struct{ *pgdb.Session }

// SetCRMCompany implements [store.AccountTx].
func (t CRMWriter) SetCRMCompany(c model.CRMCompany) error {
	doc, err := pgdb.Encode(c)
	if err == nil {
		err = t.Run(setStore, companyName, doc)
	}
	return pgdb.Wrap(err, "set CRM company")
}

// PutCRMUser implements [store.AccountTx].
func (t CRMWriter) PutCRMUser(c store.CRMUser) error {
	c.CheckedAt = engine.Exact(c.CheckedAt)
	doc, err := pgdb.Encode(c)
	if err == nil {
		err = t.Run(`INSERT INTO crm_users (user_id, doc) VALUES (?, ?)
			ON CONFLICT (user_id) DO UPDATE SET doc = excluded.doc`, c.User, doc)
	}
	return pgdb.Wrap(err, "put CRM user %s", c.User)
}
