"""Mail for people: alerts at once or in a digest, to whom they concern, in his language."""
