"""The vendors' protocols, played over companies of a known fate: for demonstration, client teams and tests."""
