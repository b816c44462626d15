"""Strings escape the import linter, so the ORM is held against the same list of layers."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.db.models import Field, ForeignKey, ManyToManyField, OneToOneField

PYPROJECT = tomllib.loads((Path(settings.BASE_DIR) / "pyproject.toml").read_text())


def layer_of() -> dict[str, int]:
    contracts = PYPROJECT["tool"]["importlinter"]["contracts"]
    layers = next(contract for contract in contracts if contract["id"] == "apps")["layers"]
    return {
        name: height
        for height, layer in enumerate(reversed(layers))
        for name in re.findall(r"\w+", layer)
    }


def our_models() -> list[type]:
    return [model for model in apps.get_models() if model.__module__.startswith("apps.")]


def foreign_keys_between_apps() -> Iterator[Field]:
    for model in our_models():
        for field in [*model._meta.fields, *model._meta.many_to_many]:
            if not isinstance(field, ForeignKey | OneToOneField | ManyToManyField):
                continue
            target = field.related_model._meta
            is_elsewhere = target.app_label not in {model._meta.app_label, "auth"}
            if is_elsewhere and field.model is model:
                yield field


def test_each_app_has_a_layer():
    named = layer_of()
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("apps.")}

    assert ours <= set(named)


@pytest.mark.parametrize("field", list(foreign_keys_between_apps()), ids=str)
def test_foreign_keys_point_down_and_leave_no_trace(field):
    layers = layer_of()
    target = field.related_model._meta.label
    if target != settings.AUTH_USER_MODEL:
        assert layers[field.related_model._meta.app_label] < layers[field.model._meta.app_label]
    is_historical = field.model.__name__.startswith("Historical")

    assert field.remote_field.hidden or is_historical, f"{field}: give it related_name='+'"


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_no_upward_names_no_generic_keys_no_default_order(model):
    if model.__name__.startswith("Historical"):
        return

    assert not any(isinstance(f, GenericForeignKey) for f in model._meta.private_fields)
    assert not model._meta.ordering
    for field in [*model._meta.fields, *model._meta.many_to_many]:
        if field.remote_field:
            is_own = field.related_model._meta.app_label in {model._meta.app_label, "auth"}
            assert field.remote_field.related_query_name is None or is_own


def test_select_for_update_stands_only_where_the_order_of_locks_is_kept():
    root = Path(settings.BASE_DIR)
    allowed = {"apps/core/querysets.py", "apps/core/models.py", "apps/core/jobs.py"}
    found = {
        path.relative_to(root).as_posix()
        for path in (root / "apps").rglob("*.py")
        if "select_for_update(" in path.read_text() and "/tests/" not in path.as_posix()
    }
    claims = {path for path in found - allowed if not _only_claims(root / path)}

    assert not claims, "lock through QuerySet.locked(); only claims may skip locked rows"


def _only_claims(path: Path) -> bool:
    calls = re.findall(r"select_for_update\(([^)]*)\)", path.read_text())
    return all("skip_locked=True" in call for call in calls)
