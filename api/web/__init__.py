"""What every route shares: who asks, what he may, what comes in, what goes out, and what stands in the log."""
