"""Reads the files of others, invoices and bank statements, into our own words: no database, no HTTP."""
