"""The configuration's JSON Schema, for editors (Taplo, Tombi, VS Code's Even Better TOML)."""

from __future__ import annotations

from typing import Any

from escalate_cli.core.calendar.duration import show_duration


def json_schema() -> dict[str, Any]:
    """A JSON Schema (draft 2020-12) of one configuration file, generated from the shapes that
    `load` checks against.
    """
    from pydantic.json_schema import GenerateJsonSchema

    from escalate_cli.config.schema.shape import Organisation

    class Generate(GenerateJsonSchema):
        # tables as defaults need no mention
        ignored_warning_kinds = {"skipped-choice", "non-serializable-default"}

        def normalize_name(self, name: str) -> str:
            """The definition is called "Service", as people call it, and not "ServiceTable"."""
            return super().normalize_name(name).removesuffix("Table")

    schema = Organisation.model_json_schema(by_alias=True, schema_generator=Generate)
    for table in (schema, *schema["$defs"].values()):
        for name, key in table.get("properties", {}).items():
            _polish(name, key)
    schema["title"] = "escalate configuration"
    schema["description"] = "An organisation's catalog and escalation policies, in any number of *.toml files"
    return {"$schema": GenerateJsonSchema.schema_dialect, **schema}


def _polish(name: str, key: dict[str, Any]) -> None:
    """Editors show the key as it is written, not in title case, and defaults as people write them."""
    choices = [choice for choice in key.get("anyOf", []) if choice != {"type": "null"}]
    if len(choices) == 1:
        del key["anyOf"]
        key.update(choices[0])
    elif choices:
        key["anyOf"] = choices  # TOML has no null
    key["title"] = name
    default = key.get("default")
    if isinstance(default, int) and key.get("type") == "string":
        key["default"] = show_duration(default)
    elif isinstance(default, dict) or default in (None, [], (), False, ""):
        key.pop("default", None)
