"""Dun & Bradstreet Direct+: match, data blocks and monitoring."""
