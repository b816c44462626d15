"""The carriers that every shop starts with. Operators may change them later; nothing here overwrites that."""

from typing import Any

KNOWN_CARRIERS: dict[str, dict[str, Any]] = {
    "sf": {
        "name": "顺丰速运",
        "name_en": "SF Express",
        "phone": "95338",
        "kind": "MACHINE",
        "adapter": "sf",
        "waybill_pattern": r"SF[0-9]{13}|[0-9]{12}",
        "tracking_code": "shunfeng",
    },
    "yto": {
        "name": "圆通速递",
        "name_en": "YTO Express",
        "phone": "95554",
        "waybill_pattern": r"YT[0-9]{13}|[A-Z]?[0-9]{10,12}",
        "tracking_code": "yuantong",
    },
    "zto": {
        "name": "中通快递",
        "name_en": "ZTO Express",
        "phone": "95311",
        "waybill_pattern": r"7[0-9]{13}|[0-9]{12}",
        "tracking_code": "zhongtong",
    },
    "jd": {
        "name": "京东物流",
        "name_en": "JD Logistics",
        "phone": "950616",
        "waybill_pattern": r"JD[0-9A-Z]{11,16}(-[0-9]+-[0-9]+-?)?",
        "tracking_code": "jd",
    },
    "sto": {
        "name": "申通快递",
        "name_en": "STO Express",
        "phone": "95543",
        "waybill_pattern": r"77[0-9]{13}|[0-9]{12,13}",
        "tracking_code": "shentong",
    },
    "ems": {
        "name": "邮政 EMS",
        "name_en": "China Post EMS",
        "phone": "11183",
        "waybill_pattern": r"[A-Z]{2}[0-9]{9}CN|[0-9]{13}",
        "tracking_code": "ems",
    },
    "own": {
        "name": "同城专送",
        "name_en": "Our own couriers",
        "kind": "OWN",
        "waybill_pattern": r"[0-9]{20}",
    },
}


def write_known_carriers(carriers: Any) -> None:
    """Add those that are missing, through a manager of ``Carrier`` (a migration brings its own)."""
    for position, (code, values) in enumerate(KNOWN_CARRIERS.items(), start=1):
        carriers.get_or_create(code=code, defaults={**values, "position": position})
