"""Repeatable benchmarks, each beside its floor: `make bench`."""
