// Package storetest tests implementations of store.Store, and what is built on
// them with stores that fail.
package storetest
