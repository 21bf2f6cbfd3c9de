"""Arguments that are not UTF-8, as a shell passes them from a file of another encoding: escaped or
refused, and never a bug.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest

from tests.command import Escalate, Ran
from tests.faults.rounds import mostly_long

BAD = "cl\udce9"
"""what Python makes of `cl\\xe9`"""

LONE = {
    "title": f"words {BAD}",
    "declared_at": "2026-01-01T10:00:00Z",
    "resolved_at": "2026-01-01T11:00:00Z",
    "severity": "major",
    "id": BAD,
    "services": [f"login{BAD}"],
    "labels": {BAD: BAD},
    "declared_by": BAD,
    "message": BAD,
}
"""a past incident with half a character where there may be text"""

COMMANDS = {
    "what is declared": (
        """
declare BAD --service login
declare words --service login --message BAD --by BAD --label a=BAD --label BAD=b --key BAD
declare words --service login --key BAD
declare words --service auth-db --key BAD
declare words --service BAD
declare words --lead BAD
declare words --severity BAD
declare words --dry-run --key BAD --message BAD --by BAD
declare BAD BAD
route BAD
route words --at BAD
route words --expect BAD
route words --severity BAD
"""
    ),
    "what is done": (
        """
update 1 --title BAD --message BAD --label BAD=BAD --by BAD
update 1 --label BAD
update 1 --service BAD
update 1 --drop-service BAD
update 1 --severity BAD
update 1 --lead BAD
update BAD --message words
nudge BAD yes
nudge 1 BAD
page 1 BAD
page BAD bo
page 1 bo --message BAD
page 1 bo --by BAD
next 1 --by BAD
next 1 --level BAD
reload BAD
maintenance BAD --for 1h
maintenance login --for BAD
maintenance login --for 1h --reason BAD --by ana
maintenance
maintenance --end --reason BAD
snooze 1 BAD
snooze 1 1m --by BAD
ack BAD
ack 1 --by BAD
reopen 1 --by BAD
resolve BAD
resolve 1 --by BAD
resolve 1 --message BAD
"""
    ),
    "what is looked at": (
        """
list --team BAD
list --status BAD
show BAD
timeline BAD
show 1
timeline 1
list
list --json
show 1 --json
oncall BAD
oncall --at BAD
oncall --until BAD
team show BAD
person show BAD
policy show BAD
service show BAD
simulate --service BAD
simulate --service login --at BAD
simulate --service login --ack 5m:BAD
simulate --service login --raise 5m:BAD
simulate --service login --add-service 5m:BAD
explain BAD
explain 1 BAD
diff BAD config
replay BAD
replay 1 --config BAD
check --weeks BAD
report --since BAD
report --team BAD
report --service BAD
report --csv --incidents
lessons --since BAD
export BAD
export 1 --format BAD
export 1
export 1 --format json
completion BAD
tick
tick --json
doctor
BAD
BAD BAD --BAD
list --BAD
--json BAD
"""
    ),
    "files": (
        """
report --html BAD.html
check --html BAD.html
import-history BAD
import-history lone.json
import-history lone.json --keep-unknown --json
backup BAD.db
backup BAD.db --json
restore BAD
restore BAD.db
restore BAD.db --json
--db new-BAD.db declare words --service login
--db new-BAD.db list
--db new-BAD.db doctor --json
--db new-BAD.db tick
--config BAD list
--config config-BAD list
--config config-BAD check
--config config-BAD service add spare --team identity
init start-BAD
"""
    ),
    "what is written into the configuration": (
        """
service add BAD --team identity
service add spare --team BAD
service add spare --team identity --name BAD
service add spare --team identity --description BAD
service add spare --team identity --keyword BAD
service add spare --team identity --kind BAD
service add spare --team identity --policy BAD
service add spare --team identity --depends-on BAD
override BAD ana --from now --until +1h
override identity-primary BAD --from now --until +1h
override identity-primary ana --from BAD --until +1h
override identity-primary ana --from now --until BAD
test-page BAD
"""
    ),
}

SCRIPT = """
import os, sys
from escalate_cli.__main__ import open_standard_streams
from escalate_cli.cli.run import run
open_standard_streams()
out = os.dup(1)
with open("said", "w+b", buffering=0) as said:
    os.dup2(said.fileno(), 1)
    os.dup2(said.fileno(), 2)
    for words in WORDS:
        said.seek(0)
        said.truncate()
        code = run(words, os.environ)
        sys.stdout.flush()
        sys.stderr.flush()
        said.seek(0)
        text = said.read()
        text.decode("utf-8")
        if code == 70 or b"Traceback" in text:
            os.write(out, f"{code} {words} {text}\\n".encode("utf-8", "backslashreplace"))
os.write(out, b"done")
"""


@pytest.mark.parametrize("about", mostly_long(COMMANDS, "what is declared", "files"))
def test_an_argument_that_is_not_utf_8_is_no_bug(escalate: Escalate, about: str) -> None:
    escalate("declare", "words", "--service", "login")
    escalate.script("cp -r config $'config-cl\\xe9'")
    (escalate.place / "lone.json").write_text(json.dumps([LONE]))
    words = [
        [word.replace("BAD", BAD) for word in line.split()] for line in COMMANDS[about].split("\n") if line
    ]
    assert escalate.python(SCRIPT.replace("WORDS", repr(words))) == Ran(0, "done", "")
    kept = [path.read_text("utf-8") for path in escalate.config.iterdir()]
    assert not [text for text in kept if "cl" + "\\udce9" in text]
    with closing(sqlite3.connect(escalate.place / "escalate.db")) as there:
        assert there.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_key_that_is_not_utf_8_is_found_again_and_a_name_is_not_written_into_a_file(
    escalate: Escalate,
) -> None:
    twice = (
        r"for i in 1 2; do escalate declare words --service login --key $'cl\xe9' --json -q | grep created;"
        r" done"
    )
    assert escalate.script(twice).out.split() == ['"created":', "true,", '"created":', "false,"]
    ran = escalate.script(r"escalate service add spare --team identity --name $'cl\xe9'")
    assert (ran.code, ran.err.splitlines()) == (
        2,
        [
            "escalate: error: the configuration is UTF-8, and what is to be added is not",
            "hint: type it again in UTF-8",
        ],
    )
