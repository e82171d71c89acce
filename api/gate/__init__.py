"""The way into the gate, for every room that asks how a debtor stands there: locked or looked at, and its facts."""
