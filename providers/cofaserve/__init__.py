"""Coface as a credit insurer (CofaServe): buyers and cover."""
