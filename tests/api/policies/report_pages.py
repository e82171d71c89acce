"""Reads a report's page as strictly as a test needs: every element closed, its tables cell by cell."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "img", "br"}


@dataclass
class Page(HTMLParser):
    """What stands in a page: its elements with their attributes, its tables by id, its text, and its style."""

    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    tables: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    text: str = ""
    style: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[str] = []
        self._table: str | None = None
        self._row: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.elements.append((tag, found))
        if tag not in VOID:
            self._open.append(tag)
        if tag == "table":
            self._table = str(found["id"])
            assert self._table not in self.tables
            self.tables[self._table] = {}
        elif tag == "tr":
            self._row = []
        elif tag in ("th", "td"):
            self._row.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag
        if tag == "tr" and self._table is not None:
            rows = self.tables[self._table]
            assert self._row[0] not in rows or self._table == "class-moves"
            rows[self._row[0]] = self._row[1:]

    def handle_data(self, data: str) -> None:
        if self._open[-1:] == ["style"]:
            self.style += data
            return
        self.text += data
        if self._open[-1:] in (["th"], ["td"]):
            self._row[-1] += data

    @property
    def is_closed(self) -> bool:
        """Whether every element that was opened was closed."""
        return not self._open


def read_page(page: str) -> Page:
    """Read a page. Fails when elements are not closed in the order in which they were opened."""
    found = Page()
    found.feed(page)
    found.close()
    assert found.is_closed
    return found
