"""The buyers of a ledger: an account for each customer, a guest's token for each invoice without one."""

from collections.abc import Iterable

from apps.accounts.models import User, contact_hash
from apps.backoffice.replay.invoices import Invoice
from apps.cart.visitors import Visitor
from apps.core.secrets import keyed_hash
from apps.orders.services import AddressSnapshot

REGION, REGION_TEXT = "310115", "上海市 上海市 浦东新区"
TOKEN_LENGTH = 32
BATCH = 500


def email_of(customer: str) -> str:
    return f"customer-{customer}@online-retail.example"


def load_customers(invoices: Iterable[Invoice]) -> dict[str, User]:
    """Return the account of each customer; those who are missing are made, without a password."""
    emails = {
        contact_hash(email_of(invoice.customer)): invoice.customer
        for invoice in invoices
        if invoice.customer
    }
    there = set(User.objects.filter(email_hash__in=emails).values_list("email_hash", flat=True))
    User.objects.bulk_create(
        [_account(emails[hashed], hashed) for hashed in emails if hashed not in there],
        batch_size=BATCH,
    )
    return {emails[user.email_hash]: user for user in User.objects.filter(email_hash__in=emails)}


def buyer_of(invoice: Invoice, customers: dict[str, User]) -> Visitor:
    """Return who buys: the customer, or a guest whose token only the shop can make again."""
    if invoice.customer:
        return Visitor(customers[invoice.customer], "")
    return Visitor(None, keyed_hash(invoice.number, "replay-guest")[:TOKEN_LENGTH])


def phone_of(invoice: Invoice) -> str:
    """Return a number of the right shape; only the simulator's phone ever hears of it."""
    digits = "".join(char for char in invoice.customer or invoice.number if char.isdigit())
    return f"170{int(digits[-8:] or 0):08d}"


def address_of(invoice: Invoice) -> AddressSnapshot:
    who = f"Customer {invoice.customer}" if invoice.customer else f"Guest {invoice.number}"
    return AddressSnapshot(
        recipient=who,
        phone=phone_of(invoice),
        region_code=REGION,
        region_text=REGION_TEXT,
        street=invoice.country or "-",
    )


def _account(customer: str, hashed: str) -> User:
    user = User(
        email=email_of(customer),
        email_hash=hashed,
        nickname=f"Customer {customer}"[:40],
        language="en",
    )
    user.set_unusable_password()
    return user
