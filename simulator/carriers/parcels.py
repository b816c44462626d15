"""Parcels on their way, for every carrier: steps, events, and who watches."""

import time
from dataclasses import dataclass
from typing import Any

from simulator import clock
from simulator.carriers.kuaidi100 import Kuaidi100
from simulator.clock import Pace
from simulator.posting import Postman
from simulator.rows import Parcel
from simulator.timers import Timers
from simulator.world import World


@dataclass(frozen=True)
class Step:
    """One scan of a parcel: kuaidi100's state, SF's opCode, and the words."""

    state: int
    op_code: str
    status: str
    words: str


ON_THE_WAY = (
    Step(1, "50", "揽收", "【{origin}】快件已被收取，收件员已取走包裹"),
    Step(0, "30", "在途", "【{origin}】快件已到达【{origin}转运中心】，正发往下一站"),
    Step(0, "31", "在途", "快件到达【{destination}转运中心】"),
    Step(5, "44", "派件", "【{destination}】快递员正在为您派件，请保持电话畅通"),
    Step(3, "80", "签收", "您的快件已签收，感谢您使用{company}"),
)
DEEDS = {
    "pick_up": ON_THE_WAY[0],
    "transit": ON_THE_WAY[1],
    "deliver": ON_THE_WAY[3],
    "sign": ON_THE_WAY[4],
    "problem": Step(2, "70", "疑难", "快件派送不成功：收件人电话无人接听，稍后再次派送"),
    "refuse": Step(14, "33", "拒签", "收件人拒收快件"),
    "return": Step(6, "99", "退回", "快件正在退回寄件人"),
    "return_signed": Step(4, "648", "退签", "退回件已由寄件人签收"),
    "transfer": Step(7, "517", "转投", "快件转投第三方继续派送"),
    "customs": Step(8, "605", "清关", "快件正在清关"),
    "lost": Step(2, "70", "疑难", "快件可能遗失，正在查找"),
}
STATES = {step.state: step for step in (*DEEDS.values(), *ON_THE_WAY)}
FINAL = {3, 4}
NAMES = {
    "shunfeng": "顺丰速运", "yuantong": "圆通速递", "zhongtong": "中通快递", "jd": "京东快递",
    "shentong": "申通快递", "ems": "EMS", "youzhengguonei": "中国邮政", "yunda": "韵达快递",
}  # fmt: skip


class BadEvent(ValueError):
    """No such thing can happen to a parcel."""


class Depot:
    """Moves parcels, by schedule or as told, and pushes what happened."""

    def __init__(self, world: World, timers: Timers, pace: Pace, postman: Postman) -> None:
        self.world = world
        self.timers = timers
        self.pace = pace
        self.postman = postman
        self.step_seconds = 6 * 3600.0
        timers.handlers["parcel"] = self._move

    def resume(self) -> None:
        for parcel in self.world.parcels.values():
            if parcel.moves_at and not self.is_over(parcel):
                self.timers.set("parcel", parcel.key, parcel.moves_at)

    def add(self, parcel: Parcel) -> Parcel:
        """Take a parcel in; it moves by itself unless the pace of parcels is 0."""
        parcel.created_at = time.time()
        if self.step_seconds > 0:
            parcel.moves_at = self.pace.after(self.step_seconds)
            self.timers.set("parcel", parcel.key, parcel.moves_at)
        return self.world.add(parcel, f"{parcel.company} parcel taken in")

    def cancel(self, parcel: Parcel) -> None:
        self.world.change(parcel, "parcel cancelled", status="CANCELLED", moves_at=0.0)
        self.timers.cancel("parcel", parcel.key)

    def watch(self, parcel: Parcel, callback_url: str, salt: str) -> None:
        """Push every later event of this parcel there; what has happened already at once."""
        self.world.change(
            parcel, "parcel watched", callback_url=callback_url, salt=salt, watch="polling"
        )
        if parcel.events:
            self._push(parcel)

    def is_over(self, parcel: Parcel) -> bool:
        return parcel.status == "CANCELLED" or parcel.state in FINAL or parcel.watch == "abort"

    def advance(self, parcel: Parcel) -> None:
        """
        Let the next usual thing happen.

        :raises BadEvent: if the parcel has arrived or was cancelled
        """
        if self.is_over(parcel):
            raise BadEvent("this parcel does not move any more")
        self.happen(parcel, self._next_step(parcel))

    def happen(self, parcel: Parcel, step: Step, *, words: str = "", at: float = 0.0) -> None:
        """Scan the parcel and tell who watches."""
        event = {
            "at": at or time.time(),
            "state": step.state,
            "op_code": step.op_code,
            "status": step.status,
            "words": words or self._words(parcel, step),
            "place": self._place(parcel, step),
        }
        events = sorted([*parcel.events, event], key=lambda one: float(one["at"]))
        status = "SIGNED" if step.state in FINAL else "MOVING"
        watch = "shutdown" if parcel.watch and step.state in FINAL else parcel.watch
        self.world.change(
            parcel,
            f"parcel: {step.status}",
            events=events,
            state=step.state,
            status=status,
            watch=watch,
        )
        self._push(parcel)

    def abort(self, parcel: Parcel, reason: str) -> None:
        """Give up watching: three days without a record, or sixty without a change."""
        self.world.change(parcel, "parcel given up", watch="abort", moves_at=0.0)
        self.timers.cancel("parcel", parcel.key)
        self._push(parcel, reason)

    async def _move(self, key: str) -> None:
        parcel = self.world.parcels[key]
        if self.is_over(parcel):
            return
        self.advance(parcel)
        if not self.is_over(parcel) and self.step_seconds > 0:
            self.world.change(parcel, "parcel goes on", moves_at=self.pace.after(self.step_seconds))
            self.timers.set("parcel", key, parcel.moves_at)

    def _next_step(self, parcel: Parcel) -> Step:
        usual = [event for event in parcel.events if event["state"] in (0, 1, 3, 5)]
        return ON_THE_WAY[min(len(usual), len(ON_THE_WAY) - 1)]

    def _words(self, parcel: Parcel, step: Step) -> str:
        return step.words.format(
            origin=parcel.request.get("origin") or "深圳市",
            destination=parcel.request.get("destination") or "北京市",
            company=NAMES.get(parcel.company, parcel.company),
        )

    def _place(self, parcel: Parcel, step: Step) -> str:
        near = step.op_code in ("50", "30")
        name = parcel.request.get("origin" if near else "destination")
        return str(name or ("深圳市" if near else "北京市"))

    def _push(self, parcel: Parcel, reason: str = "") -> None:
        if parcel.callback_url:
            draft = Kuaidi100.push(parcel, reason)
            self.postman.send(Kuaidi100.name, parcel.key, draft)


def event_row(event: dict[str, Any]) -> dict[str, Any]:
    """Return an event as the control API shows it."""
    return event | {"time": clock.spoken(clock.at(float(event["at"])))}
