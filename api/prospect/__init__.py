"""Phase 1, prospect: whom do we want? Company search, debtors, and the credit check without effect."""
