"""Every fact that could be known of a debtor, with its source, age and use, or why it is missing: made when asked."""
