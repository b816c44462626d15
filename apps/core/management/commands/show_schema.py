"""``manage.py show_schema``: every table of the shop, column by column."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.models import BaseConstraint, Field, Index, Model


class Command(BaseCommand):
    help = "Print the tables, columns, constraints and indexes of our apps (docs/schema.md)."

    def handle(self, *args: Any, **options: Any) -> None:
        lines = [
            "# Database",
            "",
            "Printed from the models: what each table holds and what it forbids.",
        ]
        for config in sorted(apps.get_app_configs(), key=lambda one: one.label):
            models = sorted(config.get_models(), key=lambda one: one._meta.db_table)
            if config.name.startswith("apps.") and models:
                lines += ["", f"## {config.label}"]
                lines += [line for model in models for line in describe(model)]
        self.stdout.write("\n".join(lines))


def describe(model: type[Model]) -> Iterator[str]:
    """List the lines on one table."""
    meta = model._meta
    yield from ("", f"### {meta.db_table}", "")
    words = (model.__doc__ or "").strip().split("\n")[0]
    if words and not words.startswith(f"{model.__name__}("):
        yield from (words, "")
    yield from ("| column | type | null | points to |", "|---|---|---|---|")
    for field in meta.local_fields:
        yield describe_column(field)
    rules = [*meta.constraints, *meta.indexes]
    if rules:
        yield ""
    for rule in sorted(rules, key=lambda one: one.name):
        yield f"- {describe_rule(rule)}"


def describe_column(field: "Field[Any, Any]") -> str:
    """Return one row of a table of columns."""
    target = field.related_model._meta.db_table if field.is_relation and field.related_model else ""
    kind = field.db_type(connection) or ""
    marks = " **key**" if field.primary_key else " unique" if field.unique else ""
    return f"| `{field.column}` | {kind}{marks} | {'yes' if field.null else ''} | {target} |"


def describe_rule(rule: BaseConstraint | Index) -> str:
    """Return one constraint or index in a line."""
    kind = type(rule).__name__.removesuffix("Constraint").lower()
    parts = [", ".join(getattr(rule, "fields", ()) or ())]
    parts += [f"{word} {value}" for word, value in _expressions(rule)]
    return f"{kind} `{rule.name}` {'; '.join(part for part in parts if part)}".rstrip()


def _expressions(rule: BaseConstraint | Index) -> Iterator[tuple[str, str]]:
    expressions = getattr(rule, "expressions", ())
    if expressions:
        yield "on", ", ".join(f"`{one}`" for one in expressions)
    if getattr(rule, "condition", None):
        yield "where", f"`{rule.condition}`"  # type: ignore[union-attr]
