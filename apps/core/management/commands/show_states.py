"""``manage.py show_states``: the life of each row that has one, as a diagram."""

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand

from apps.core.states import HasStatus


class Command(BaseCommand):
    help = "Print the state machines as Mermaid diagrams (docs/states.md)."

    def handle(self, *args: Any, **options: Any) -> None:
        lines = ["# States", "", "Printed from the `MOVES` table of each model.", ""]
        models = [model for model in apps.get_models() if issubclass(model, HasStatus)]
        for model in sorted(models, key=lambda each: each._meta.label):
            lines += [f"## {model._meta.label}", "", "```mermaid", "stateDiagram-v2"]
            lines += [
                f"    {before} --> {after}"
                for before, afters in model.MOVES.items()
                for after in sorted(afters)
            ]
            lines += ["```", ""]
        self.stdout.write("\n".join(lines).rstrip())
