"""Coface business information: scores, opinions and recommended limits."""
