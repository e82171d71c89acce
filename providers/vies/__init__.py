"""VIES, the European check of VAT numbers."""
