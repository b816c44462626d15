from apps.backoffice.admin import core, ledger, orders

__all__ = ["core", "ledger", "orders"]
