"""Phase 4: it is overdue, what now? What debtors promise to pay."""
