"""OpenSanctions, hosted or as ones own yente: sanctions lists of the world."""
