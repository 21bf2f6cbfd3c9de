"""Completion in a shell: the script that asks `escalate`, and where a shell finds it."""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Mapping
from pathlib import Path

import msgspec

from escalate_cli import files

_SCRIPTS = {
    "bash": (
        """\
_escalate_complete() {
    local word IFS=$'\\n'
    COMPREPLY=()
    while IFS= read -r word; do COMPREPLY+=("$word"); done < <(
        env COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD COMP_TYPE=$COMP_TYPE \\
            _ESCALATE_COMPLETE=complete_bash "$1" 2>/dev/null
    )
}
complete -o nosort -o default -F _escalate_complete escalate 2>/dev/null ||
    complete -o default -F _escalate_complete escalate
"""
    ),
    "zsh": (
        """\
#compdef escalate
_escalate() {
    local line value
    local -a candidates
    for line in "${(@f)$(env COMP_WORDS="${(pj:\\n:)words}" COMP_CWORD=$((CURRENT - 1)) _ESCALATE_COMPLETE=complete_zsh "${words[1]}" 2>/dev/null)}"; do
        value="${${line%%$'\\t'*}//:/\\\\:}"
        line="${line#*$'\\t'}"
        [[ -n "$value" ]] && candidates+=("$value${line:+:$line}")
    done
    if (( $#candidates )); then _describe -V escalate candidates; else _files; fi
}
if [[ "$funcstack[1]" == _escalate ]]; then
    _escalate "$@"
else
    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
    compdef _escalate escalate
fi
"""
    ),
    "fish": (
        """\
function __escalate_complete
    set -l words (commandline -opc) (commandline -ct)
    env COMP_WORDS=(string join \\n -- $words | string collect) COMP_CWORD=(math (count $words) - 1) _ESCALATE_COMPLETE=complete_fish escalate 2>/dev/null
end
complete --command escalate --no-files --keep-order --arguments '(__escalate_complete)'
"""
    ),
}
SHELLS = tuple(_SCRIPTS)
_BASH_COMPLETION = (
    "/usr/share/bash-completion/bash_completion",
    "/usr/local/share/bash-completion/bash_completion",
    "/opt/homebrew/share/bash-completion/bash_completion",
)
"""where the package is that reads the scripts of a user by itself"""


class InstalledCompletion(msgspec.Struct, frozen=True):
    """What was written so that a shell completes: the script, the line in a start-up file; `changed`
    names the files that were not so before.
    """

    script: Path
    start_up: Path | None
    line: str
    changed: tuple[Path, ...]


def completion_script(shell: str) -> str:
    """The script that teaches `shell` ("bash", "zsh", "fish") to complete escalate; `KeyError` for
    another one.
    """
    return _SCRIPTS[shell]


def install_completion(shell: str, environ: Mapping[str, str]) -> InstalledCompletion:
    """Put the script where `shell` finds it. A start-up file gets one line at its end, if the shell
    needs it and it is not there yet; what is in it stays as it is. `OSError` where that cannot be
    written.
    """
    home = Path(environ.get("HOME") or Path.home())
    data = Path(environ.get("XDG_DATA_HOME") or home / ".local/share")
    start_up = None
    if shell == "fish":
        script = Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "fish/completions/escalate.fish"
    elif shell == "zsh":
        script = data / "escalate/completion.zsh"
        start_up = Path(environ.get("ZDOTDIR") or home) / ".zshrc"
    else:
        script = (
            Path(environ.get("BASH_COMPLETION_USER_DIR") or data / "bash-completion") / "completions/escalate"
        )
        if not any(os.path.exists(place) for place in _BASH_COMPLETION):
            start_up = home / ".bashrc"
    quoted = shlex.quote(str(script))
    line = f"[ -r {quoted} ] && . {quoted}  # escalate completes its commands" if start_up else ""
    changed = []
    if _bytes(script) != completion_script(shell).encode():
        script.parent.mkdir(parents=True, exist_ok=True)
        files.replace(script, completion_script(shell).encode(), mode=0o644)
        changed.append(script)
    if start_up is not None and line.encode() not in _bytes(start_up):
        _append(start_up, line)
        changed.append(start_up)
    return InstalledCompletion(script, start_up, line, tuple(changed))


def _append(start_up: Path, line: str) -> None:
    """A line at the end of a file, which may be a link, in one step; its mode stays."""
    target = Path(os.path.realpath(start_up))
    before = _bytes(target)
    gap = b"\n" if before and not before.endswith(b"\n") else b""
    mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o644
    files.replace(target, before + gap + line.encode() + b"\n", mode=mode)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
