"""A simulation as a Mermaid sequence diagram: for a document, a review, a runbook."""

from __future__ import annotations

from escalate_cli.core.changes.declare import Declaration
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.wording.text import printable
from escalate_cli.foresight.simulation import Simulation
from escalate_cli.views.simulation import simulation_lines, since_start


def mermaid(foreseen: Simulation, declaration: Declaration, catalog: Catalog) -> str:
    """The diagram: one participant a recipient, one arrow a message, a note for what else happens."""
    lines = simulation_lines(foreseen)
    recipients = list(dict.fromkeys(line.message.recipient for line in lines if line.message is not None))
    names = {recipient: f"r{number}" for number, recipient in enumerate(recipients)}
    drawn = ["sequenceDiagram", "    participant e as escalate"]
    drawn += [
        f"    participant {short} as {_mermaid_text(catalog.name_of(recipient))}"
        for recipient, short in names.items()
    ]
    drawn.append(
        f"    Note over e: {_mermaid_text(declaration.title)} ({_mermaid_text(declaration.severity)})"
    )
    for line in lines:
        after = since_start(line.at - foreseen.start)
        if line.more:
            what = f"{after} the same {line.more} more times"
        elif line.message is not None:
            what = f"{after} {line.message.kind.in_words} by {', '.join(line.by)}: {line.message.because}"
        else:
            what = f"{after} {line.entry.text if line.entry is not None else ''}"
        arrow = f"e->>{names[line.message.recipient]}: " if line.message is not None else "Note over e: "
        drawn.append(f"    {arrow}{_mermaid_text(what)}")
    return "\n".join(drawn)


def _mermaid_text(text: str) -> str:
    """Text that means nothing to Mermaid: `;` and `#` end or escape there."""
    return printable(text).replace("#", "#35;").replace(";", ",").replace("#35,", "#35;")
