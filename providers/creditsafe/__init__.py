"""Creditsafe Connect: company search, match, credit reports and monitoring (Europe and beyond)."""
