"""What the steps of a pass work with: database, configuration, clock, the report of the pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from escalate_cli.clock import Clock
from escalate_cli.core.organisation.catalog import Catalog, Gateway
from escalate_cli.engine.pass_report import PassReport
from escalate_cli.failpoints import Failpoints
from escalate_cli.store.store import Store


@dataclass(slots=True)
class Workbench:
    """Shared by all steps. `store` changes when the database is opened anew; `report` is that of
    the current pass. `ask_catalog` is called each time, since the configuration may have been
    repaired.
    """

    store: Store
    ask_catalog: Callable[[], Catalog]
    clock: Clock
    environ: Mapping[str, str]
    report: PassReport
    reach: Callable[[str], None] = field(init=False)
    """called at the points at which a test may stop the process"""

    def __post_init__(self) -> None:
        self.reach = Failpoints(self.environ).reach

    @property
    def catalog(self) -> Catalog:
        """The configuration as it is now."""
        return self.ask_catalog()

    def gateway(self, gateway_id: str) -> Gateway:
        """This gateway; one without a URL if the configuration no longer has it."""
        return self.catalog.gateways.get(gateway_id) or Gateway(gateway_id, "", attempts=1)
