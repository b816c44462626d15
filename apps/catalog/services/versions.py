"""The second of two operators is told what the first has changed; nothing is overwritten."""

from collections.abc import Mapping
from typing import Any

from apps.catalog.models import Spu
from apps.core.actors import Actor
from apps.core.audit import record_audit
from apps.core.errors import VersionConflict
from apps.core.models import AuditEntry

SAVED = "catalog.save_spu"


def must_be_version(spu: Spu, expected_version: int | None) -> None:
    """
    Check that nobody has saved since the caller looked. ``None`` means that the caller did not look.

    :raises VersionConflict: with what has changed since, by whom and when
    """
    if expected_version is None or expected_version == spu.version:
        return
    raise VersionConflict(version=spu.version, changes=changes_since(spu, expected_version))


def changes_since(spu: Spu, version: int) -> list[dict[str, Any]]:
    """Return what was saved after a version: who, when, and each field before and after."""
    entries = (
        AuditEntry.objects.filter(
            target_type=spu._meta.label_lower,
            target_id=str(spu.pk),
            action=SAVED,
            after__version__gt=version,
        )
        .select_related("actor")
        .order_by("pk")
    )
    return [
        {
            "by": str(entry.actor or ""),
            "at": entry.at.isoformat(),
            "fields": {
                name: [entry.before.get(name), value]
                for name, value in entry.after.items()
                if name != "version"
            },
        }
        for entry in entries
    ]


def next_version(
    spu: Spu, before: Mapping[str, Any], after: Mapping[str, Any], actor: Actor | None
) -> None:
    """Count the version up and put on record what is different."""
    spu.version += 1
    spu.save(update_fields=["version"])
    names = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    record_audit(
        SAVED,
        spu,
        actor=actor,
        before={name: before.get(name) for name in names},
        after={name: after.get(name) for name in names} | {"version": spu.version},
    )
