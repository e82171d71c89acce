"""The rules as data: versions, approval, and the replay of what was decided by them."""
