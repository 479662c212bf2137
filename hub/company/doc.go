// Package company is what the CRM says of the hub's users: which company it is, who works
// there, who is an admin, and what each has granted us there.
//
// It owns the users' grants and the roles that they follow from, and keeps both in the
// store, so that a hub asks the CRM now and then and not for each request.
//
// It needs the CRM, the vault that seals grants, and the accounts of the store. It lets
// nobody in by itself: hub/accounts does.
package company
