"""Posts notices until they are accepted, on the channel's own schedule."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import urllib3

from simulator import numbers
from simulator.channels import Draft, Envelope, Notifier
from simulator.clock import Pace
from simulator.knobs import Knobs
from simulator.rows import Attempt, Notice, NoticeStatus
from simulator.timers import Timers
from simulator.world import World

PARALLEL = 32
TIMEOUT = urllib3.Timeout(connect=2, read=5)
LONGEST_HOLD = 10.0
"""Seconds until a held notice goes although no other has overtaken it."""
NOBODY = 0
"""The status of an attempt that reached nobody."""

# knobs that become tricks of the one notice they hit
TRICKS = (
    "duplicate",
    "changed_field",
    "tampered",
    "wrong_key",
    "timestamp_shift",
    "unknown_serial",
    "certificate",
    "signtest",
)


class Postman:
    """Makes notices, posts them, posts them again."""

    def __init__(self, world: World, knobs: Knobs, timers: Timers, pace: Pace) -> None:
        self.world = world
        self.knobs = knobs
        self.timers = timers
        self.pace = pace
        self.notifiers: dict[str, Notifier] = {}
        self._held: set[str] = set()
        self._threads = ThreadPoolExecutor(PARALLEL, thread_name_prefix="post")
        self._http = urllib3.PoolManager(num_pools=8, maxsize=PARALLEL, timeout=TIMEOUT)
        timers.handlers["notice"] = self.deliver

    def resume(self) -> None:
        """Take up the notices that waited when the process ended."""
        for notice in self.world.notices.values():
            if notice.status == NoticeStatus.WAITING:
                self._wait(notice)

    def send(self, channel: str, subject: str, draft: Draft) -> Notice:
        """Make a notice; knobs may delay it, spoil it or lose it."""
        tricks = self._tricks(channel, subject)
        delay = self.knobs.take(channel, "delay", subject)
        wait = float(delay.value) if delay else 0.0
        if self.knobs.take(channel, "reorder", subject):
            tricks["held"] = True
            wait = LONGEST_HOLD
        notice = Notice(
            key=numbers.new_key(),
            channel=channel,
            kind=draft.kind,
            subject=subject,
            url=draft.url,
            content=draft.content,
            made_at=time.time(),
            due_at=time.time() + wait,
            tricks=tricks,
        )
        if self.knobs.take(channel, "drop", subject):
            notice.status = NoticeStatus.DROPPED
        self.world.add(notice, f"{channel} {draft.kind} notice made")
        if notice.status == NoticeStatus.WAITING:
            self._wait(notice)
        return notice

    def send_again(self, notice: Notice) -> None:
        """Post a notice once more at once, whatever became of it."""
        self.world.change(
            notice, "notice sent again", status=NoticeStatus.WAITING, due_at=time.time(), tricks={}
        )
        self.timers.set("notice", notice.key, notice.due_at)

    async def deliver(self, key: str) -> None:
        """Post one notice that is due; decide when it comes again."""
        notice = self.world.notices[key]
        notifier = self.notifiers[notice.channel]
        await self.world.book.settled()
        copies = int(notice.tricks.get("duplicate", 1)) if notice.attempts == 0 else 1
        posts = [self._post(notice, notifier.seal(notice)) for _ in range(max(1, copies))]
        accepted = any(await asyncio.gather(*posts))
        self._decide(notice, notifier, accepted=accepted)
        self._release_held(notice)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._http.clear()

    def _tricks(self, channel: str, subject: str) -> dict[str, Any]:
        found = {}
        for name in TRICKS:
            if knob := self.knobs.take(channel, name, subject):
                found[name] = True if knob.value is None else knob.value
        return found

    async def _post(self, notice: Notice, envelope: Envelope) -> bool:
        began = time.time()
        loop = asyncio.get_running_loop()
        status, body = await loop.run_in_executor(
            self._threads, self._request, notice.url, envelope
        )
        accepted = self.notifiers[notice.channel].is_accepted(status, body)
        attempt = Attempt(
            key=numbers.new_key(),
            notice=notice.key,
            at=began,
            status=status,
            answer=body[:300].decode("utf-8", "replace"),
            accepted=accepted,
            seconds=round(time.time() - began, 4),
        )
        self.world.add(attempt, "notice accepted" if accepted else "notice not accepted")
        return accepted

    def _request(self, url: str, envelope: Envelope) -> tuple[int, bytes]:
        try:
            response = self._http.request(
                "POST",
                url,
                body=envelope.body,
                headers=envelope.headers,
                retries=False,
                redirect=False,
            )
        except (urllib3.exceptions.HTTPError, ValueError) as error:
            return NOBODY, f"{type(error).__name__}: {error}".encode()
        return response.status, response.data

    def _decide(self, notice: Notice, notifier: Notifier, *, accepted: bool) -> None:
        attempts = notice.attempts + 1
        if accepted:
            self.world.change(
                notice, "notice delivered", status=NoticeStatus.DELIVERED, attempts=attempts
            )
        elif attempts > len(notifier.schedule):
            self.world.change(
                notice, "notice given up", status=NoticeStatus.GIVEN_UP, attempts=attempts
            )
        else:
            due_at = self.pace.after(notifier.schedule[attempts - 1])
            self.world.change(notice, "notice waits", attempts=attempts, due_at=due_at)
            self.timers.set("notice", notice.key, due_at)

    def _wait(self, notice: Notice) -> None:
        if notice.tricks.get("held"):
            self._held.add(notice.key)
        self.timers.set("notice", notice.key, notice.due_at)

    def _release_held(self, sent: Notice) -> None:
        """Let go of the notices of this channel that waited for another to overtake them."""
        self._held.discard(sent.key)
        for key in list(self._held):
            notice = self.world.notices[key]
            if notice.channel == sent.channel:
                self._held.discard(key)
                self.world.change(notice, "notice let go", due_at=time.time())
                self.timers.set("notice", key, notice.due_at)
