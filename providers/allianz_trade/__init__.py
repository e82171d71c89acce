"""Allianz Trade, a credit insurer: buyers and cover."""
