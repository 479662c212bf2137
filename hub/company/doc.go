// Package company is what the CRM says about the hub's users: which company it is, who works
// there, who is an admin, and what each user has granted us.
//
// It owns the users' grants and the roles that follow from the CRM. It keeps both in the store,
// so that the hub need not ask the CRM for each request.
//
// It needs the CRM, the vault that seals grants, and the accounts of the store. It does not
// sign anybody in; hub/accounts does.
package company
