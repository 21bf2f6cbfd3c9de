"""Several users of one machine: the real command, run as people that exist only by their number.
Only root can play them.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import escalate_cli
from escalate_cli.store.without_database.spool import Spool
from tests.command import Ran
from tests.faults.harness import crew
from tests.kept_elsewhere import nothing_kept_elsewhere
from tests.servers import HttpServer

ANA, BO, EVE = 65001, 65002, 65003
"""users with a primary group of their own, of the same number"""
GROUP = 65009
"""of which Ana and Bo are, and Eve is not"""
MEMBERS = (ANA, BO)
_PYTHONS = (
    sys.executable,
    os.path.realpath(sys.executable),
    f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}",
)


@dataclass
class Machine:
    """`machine(BO, "declare", "down")`: everybody has a home, and reads the same configuration."""

    place: Path
    web: HttpServer
    python: str
    environ: dict[str, str] = field(default_factory=dict)

    @property
    def shared(self) -> Path:
        return self.place / "shared"

    @property
    def db(self) -> Path:
        return self.shared / "escalate.db"

    def home(self, user: int) -> Path:
        return self.place / "homes" / str(user)

    def __call__(self, user: int, *arguments: str, umask: int = -1, **more: str) -> Ran:
        return self.run(user, [self.python, "-m", "escalate_cli", *arguments], umask=umask, **more)

    def run(self, user: int, command: list[str], umask: int = -1, **more: str) -> Ran:
        done = subprocess.run(
            command,
            capture_output=True,
            env={**self.environ, "HOME": str(self.home(user)), **more},
            cwd="/",
            timeout=60,
            check=False,
            user=user,
            group=user,
            extra_groups=[GROUP] if user in MEMBERS else [],
            umask=umask,
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    def share(self, mode: int = 0o2770, owner: int = 0, group: int = GROUP) -> None:
        """Make the directory of the database."""
        self.shared.mkdir(exist_ok=True)
        os.chown(self.shared, owner, group)
        self.shared.chmod(mode)

    def elsewhere(self, user: int | None = None) -> list[Path]:
        """The directories outside of the shared one in which somebody keeps what could not be
        stored, or a mark.
        """
        mark = Spool(self.db).places[1].name.rpartition("-")[2]
        name = f"escalate-*-{mark}" if user is None else f"escalate-kept-{user}-{mark}"
        return [left for parent in ("/var/tmp", "/tmp", "/dev/shm") for left in Path(parent).glob(name)]

    def told(self, person: str = "ops") -> list[str]:
        """What has reached somebody: title and text of each message."""
        return [
            one.json["title"] + one.json["message"]
            for one in self.web.arrived
            if one.path.endswith(f"/{person}")
        ]


def whose(path: Path) -> tuple[int, str]:
    """Group and mode of a file."""
    found = path.stat()
    return found.st_gid, f"{found.st_mode & 0o7777:04o}"


@contextmanager
def machine(web: HttpServer) -> Iterator[Machine]:
    """A machine with Ana, Bo and Eve; what they keep elsewhere is gone afterwards."""
    if os.getuid() != 0:
        pytest.skip("only root can be several users")
    place = Path(tempfile.mkdtemp(prefix="escalate-people-"))
    place.chmod(0o755)
    code = _where_the_code_is()
    python, shown = _python(code), list[Path]()
    if python is None:  # the code is in a directory that is root's alone
        code, shown = _shown(place, code)
        python = _python(code)
    here, elsewhere = Machine(place, web, python or ""), ExitStack()
    elsewhere.enter_context(nothing_kept_elsewhere(place))
    try:
        if python is None:
            pytest.skip("no Python here that other users may run")
        config = (
            crew(1, ("a",), timeout="20s")
            .replace('page = ["person:p0"]', 'page = ["person:ops"]')
            .replace("PORT", str(web.port))
        )
        (place / "config").mkdir(mode=0o755)
        file = place / "config" / "all.toml"
        file.write_text(config + '[people.ops]\nname = "Ops"\ncontact = { a = "ops" }\n')
        file.chmod(0o644)
        (place / "config").chmod(0o755)
        (place / "homes").mkdir()
        (place / "homes").chmod(0o755)
        for user in (0, ANA, BO, EVE):
            here.home(user).mkdir()
            os.chown(here.home(user), user, user)
        here.environ = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": code,
            "PYTHONDONTWRITEBYTECODE": "1",
            "ESCALATE_CONFIG": str(place / "config"),
            "ESCALATE_DB": str(here.db),
            "LANG": "C.UTF-8",
        }
        yield here
    finally:
        for mounted in shown:
            subprocess.run(["umount", "-l", str(mounted)], check=True)
        elsewhere.close()
        shutil.rmtree(place, ignore_errors=True)


def _where_the_code_is() -> str:
    """Where this process has its packages from; another Python has a standard library of its own."""
    own = (os.path.realpath(sys.base_prefix) + "/lib", os.path.realpath(sys.base_prefix) + "/bin")
    packages = [
        one
        for one in sys.path
        if Path(one).is_dir() and ("site-packages" in one or not os.path.realpath(one).startswith(own))
    ]
    return os.pathsep.join([*os.environ.get("PYTHONPATH", "").split(os.pathsep), *packages]).strip(os.pathsep)


def _shown(place: Path, code: str) -> tuple[str, list[Path]]:
    """The same packages where everybody may go, and what is mounted."""
    origins = [Path(one) for one in code.split(os.pathsep) if "site-packages" in one]
    views = [place / f"code-{number}" for number in range(len(origins))]
    own = place / "code" / "escalate_cli"
    mounted = list[Path]()
    for origin, view in ((Path(escalate_cli.__file__).parent, own), *zip(origins, views, strict=True)):
        view.mkdir(parents=True)
        view.parent.chmod(0o755)
        if (
            subprocess.run(
                ["mount", "--bind", "-r", str(origin), str(view)], capture_output=True, check=False
            ).returncode
            == 0
        ):
            mounted.append(view)
    return os.pathsep.join(map(str, (own.parent, *views))), mounted


@functools.cache
def _python(code: str) -> str | None:
    """A Python that others may run, and that finds what escalate needs."""
    return next((one for one in _PYTHONS if _runs(one, code)), None)


def _runs(python: str, code: str) -> bool:
    command = [python, "-c", "import escalate_cli, msgspec, apprise, pydantic"]
    environ = {"PYTHONPATH": code, "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command,
            env=environ,
            cwd="/",
            user=BO,
            group=BO,
            extra_groups=[],
            capture_output=True,
            check=False,
        )
    except OSError:
        return False
    return done.returncode == 0
