"""The outside world: what we ask of it, which source answers whom, and how an answer becomes facts of ours."""
