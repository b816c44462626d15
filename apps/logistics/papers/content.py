"""What stands on a label and on a packing list, whoever draws it."""

from dataclasses import dataclass
from datetime import datetime

from apps.core.secrets import mask_phone
from apps.logistics.carriers.adapter import Contact
from apps.logistics.papers.codes import Cells, code128, qr_code


@dataclass(frozen=True, slots=True)
class PaperLine:
    """Some pieces of one SKU."""

    sku_code: str
    name: str
    spec_text: str
    quantity: int


@dataclass(frozen=True, slots=True)
class ParcelPaper:
    """All that the papers of one parcel say."""

    carrier_name: str
    carrier_phone: str
    waybill: str
    sorting_code: str
    origin_code: str
    parcel_number: str
    order_number: str
    merchant_name: str
    sender: Contact
    recipient: Contact
    lines: tuple[PaperLine, ...]
    remark: str
    printed_at: datetime

    @property
    def bars(self) -> Cells:
        return code128(self.waybill)

    @property
    def squares(self) -> Cells:
        return qr_code(self.waybill)

    @property
    def recipient_place(self) -> str:
        return place_of(self.recipient)

    @property
    def sender_place(self) -> str:
        return place_of(self.sender)

    @property
    def sender_phone(self) -> str:
        """The sender's number as carriers print it: its middle is nobody's business."""
        return mask_phone(self.sender.phone)

    @property
    def pieces(self) -> int:
        return sum(line.quantity for line in self.lines)


def place_of(contact: Contact) -> str:
    """Return province, city and district without saying a name twice (北京市 北京市)."""
    return " ".join(dict.fromkeys(filter(None, (contact.province, contact.city, contact.district))))
