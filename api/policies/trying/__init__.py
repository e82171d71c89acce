"""A version of the policy tried out before it decides: in shadow on live decisions, and on the whole book."""
