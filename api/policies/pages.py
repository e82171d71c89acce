"""The templates of the room's pages: whatever a name or a vendor's text holds is shown as text."""

from jinja2 import Environment, PackageLoader, StrictUndefined

# A parameter that is missing is an error, never a gap.
PAGES = Environment(
    loader=PackageLoader("api.policies"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
