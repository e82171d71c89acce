"""One credit check from start to end, for every room that decides on credit: read, ask, judge, record."""
