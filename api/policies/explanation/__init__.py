"""Why a decision is as it is: the pack for whoever it concerns, from the decision record alone."""
