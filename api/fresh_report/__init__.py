"""The stored report while it is fresh, else a new one by the plan of the policy: the one step that rooms share."""
