"""Companies House, the register of the United Kingdom."""
