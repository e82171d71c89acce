"""Whether two names are of one company: names read into words, compared, and the comparison made a probability."""
