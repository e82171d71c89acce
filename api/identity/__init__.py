"""Whom a caller means: a debtor of ours, or a company that registers know, by its numbers before its name."""
