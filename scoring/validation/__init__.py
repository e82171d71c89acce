"""How good a judgement was, told from what came of it: it separates, it is calibrated, it earns."""
