"""The backtest: a ledger walked through time, each order judged by what was known the day before."""
