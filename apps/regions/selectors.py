from collections.abc import Collection, Iterable

from apps.core.errors import NotFound
from apps.regions.models import Region, RegionQuerySet

_DEPTH = 3


def list_provinces() -> RegionQuerySet:
    """Return the provinces in use, by code, each with ``is_leaf``."""
    return Region.objects.active().provinces().with_is_leaf().order_by("code")


def list_children(code: str) -> RegionQuerySet:
    """Return what is in use right below a region, by code, each with ``is_leaf``."""
    return Region.objects.active().under(code).with_is_leaf().order_by("code")


def find_region(code: str) -> Region | None:
    """Return the region in use with this code, with ``is_leaf``; None if there is none."""
    return Region.objects.active().with_is_leaf().filter(code=code).first()


def get_region(code: str) -> Region:
    """
    Return the region in use with this code, with ``is_leaf``.

    :raises NotFound: if there is none
    """
    region = find_region(code)
    if region is None:
        raise NotFound(region=code)
    return region


def is_leaf_region(code: str) -> bool:
    """Say whether an address may end here: the code is in use and nothing can be chosen below it."""
    region = find_region(code)
    return region is not None and region.is_leaf


def region_chain(code: str) -> list[Region]:
    """
    Return a region with those it is part of, the province first. Abolished ones are found too.

    :raises NotFound: if there is no such code
    """
    chains = chains_by_code([code])
    if code not in chains:
        raise NotFound(region=code)
    return chains[code]


def region_path(code: str) -> tuple[str, ...]:
    """
    Return the names from the province down: 省, 市, 区; shorter where the code is that of a city or province.

    :raises NotFound: if there is no such code
    """
    return tuple(region.name for region in region_chain(code))


def region_paths_by_code(codes: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Return the names of each code from the province down; unknown codes are left out."""
    return {
        code: tuple(region.name for region in chain)
        for code, chain in chains_by_code(codes).items()
    }


def chains_by_code(codes: Collection[str]) -> dict[str, list[Region]]:
    """Return each code's regions from the province down, in one query; unknown codes are left out."""
    parent, grandparent = "parent", "parent__parent"
    rows = Region.objects.filter(code__in=codes).select_related(parent, grandparent)
    return {row.code: list(reversed(list(_upwards(row)))) for row in rows}


def _upwards(region: Region) -> Iterable[Region]:
    step: Region | None = region
    for _ in range(_DEPTH):
        if step is None:
            return
        yield step
        step = step.parent
