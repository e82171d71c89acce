"""GLEIF, the register of legal entity identifiers: who owns whom."""
