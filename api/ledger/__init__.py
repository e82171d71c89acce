"""The ledger room: what was invoiced and paid, how it comes in, and what it tells of a debtor."""
