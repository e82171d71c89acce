"""Has anything changed? Signals of a debtor and of the book, judged from facts, a policy and what is open already."""
