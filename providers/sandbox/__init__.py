"""Companies of a known fate, for demonstration and tests; never seen by a live seller."""
