"""KVK, the Dutch trade register: search, base profile, establishment and the open data with insolvency."""
