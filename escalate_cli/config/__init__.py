"""TOML files → `core.catalog.Catalog`: every problem with its place, a compiled cache, references
to secrets. The only tomllib and pydantic.
"""
