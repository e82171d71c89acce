"""The commands of the page on acceptance do what it says."""

import json
import re
from pathlib import Path

from tests.api.acceptance.conftest import Office

COMMAND = re.compile(r"curl -s http://127\.0\.0\.1:8000(\S+) .*?Bearer (\S+)\".*?-d '(.*?)'", re.DOTALL)


def test_the_commands_of_the_page_work(office: Office, project: Path) -> None:
    commands = COMMAND.findall((project / "docs" / "acceptance.md").read_text(encoding="utf-8"))
    assert [path for path, _, _ in commands] == [
        "/v1/applications",
        "/v1/applications/$ID/verdicts",
        "/v1/applications/$ID/agreed-terms",
    ]
    clients = {"$SALES": office.sales, "$KEY": office.finance}
    application_id = ""
    for path, key, body in commands:
        answer = clients[key].post(path.replace("$ID", application_id), json=json.loads(body))
        assert answer.status_code == 201, answer.text
        application_id = application_id or answer.json["id"]
    shown = office.shown(application_id)
    assert (shown["state"], shown["decided_by"]) == ("agreed", "fleur@example.com")
