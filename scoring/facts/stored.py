"""How facts that came later are kept: left out where there are none, so that older documents stay what they were."""

STORED_IF_ANY = {"stored": "if_any"}
