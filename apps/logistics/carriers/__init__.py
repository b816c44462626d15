"""Carriers, one folder for each that speaks to machines."""

from apps.logistics.carriers.adapter import WaybillAdapter
from apps.logistics.carriers.sf.adapter import SFExpress

ADAPTERS: dict[str, WaybillAdapter] = {adapter.name: adapter for adapter in (SFExpress(),)}
