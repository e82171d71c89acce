"""Atradius, a credit insurer: buyers and cover."""
