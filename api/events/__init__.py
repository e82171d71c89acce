"""What happened, for others: the feed of events, and the jobs that make them."""
