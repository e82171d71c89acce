"""The office of the house: keys, settings and vendor credentials."""
