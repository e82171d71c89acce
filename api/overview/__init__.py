"""One debtor at a glance: all that one needs to decide, from every room's records, in one answer."""
