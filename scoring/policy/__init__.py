"""The seller's rules as data: the sections of a policy, how they are read, and what is checked of them."""
