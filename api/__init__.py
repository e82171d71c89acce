"""What is served: rooms for the five phases, the records they keep and the edge they share."""
