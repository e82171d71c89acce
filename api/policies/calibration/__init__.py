"""Calibration: fits the bins and points of a scorecard to cases whose outcome is known; it activates nothing."""
