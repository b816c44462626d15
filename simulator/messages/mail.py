"""The mail server: takes everything, delivers nothing, lets a person read it."""

import asyncio
import email
import email.policy
import time
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from simulator import numbers
from simulator.knobs import Knobs
from simulator.rows import Message
from simulator.world import World

MAX_SIZE = 10 * 2**20
BUSY = "451 4.3.0 Try again later"
REFUSED = "550 5.1.1 No such mailbox"


class Mailbox:
    """Answers SMTP; a mail is in the book before 250 is said."""

    def __init__(self, world: World, knobs: Knobs) -> None:
        self.world = world
        self.knobs = knobs

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        recipients = tuple(envelope.rcpt_tos)
        if slow := self.knobs.take("mail", "slow", *recipients):
            await asyncio.sleep(float(slow.value))
        if self.knobs.take("mail", "server_error", *recipients):
            return BUSY
        if self.knobs.take("mail", "refuse", *recipients):
            return REFUSED
        content = envelope.original_content or b""
        parsed = email.message_from_bytes(content, policy=email.policy.default)
        for recipient in recipients:
            if not self.knobs.take("mail", "drop", recipient):
                sender = envelope.mail_from or ""
                self.world.add(read_mail(parsed, sender, recipient), "mail taken")
        await self.world.book.settled()
        return "250 OK"


def read_mail(parsed: EmailMessage, sender: str, recipient: str) -> Message:
    """Return what a person sees of a mail."""
    return Message(
        key=numbers.new_key(),
        kind="mail",
        to=_clean(recipient),
        sender=_clean(parsed.get("From", sender)),
        subject=_clean(parsed.get("Subject", "")),
        text=_body(parsed, "plain"),
        at=time.time(),
        html=_body(parsed, "html"),
        details={
            "message_id": _clean(parsed.get("Message-ID", "")),
            "attachments": [
                _clean(part.get_filename() or "") for part in parsed.iter_attachments()
            ],
        },
    )


def _body(parsed: EmailMessage, kind: str) -> str:
    try:
        part: Any = parsed.get_body((kind,))
        return _clean(part.get_content()) if part is not None else ""
    except (KeyError, LookupError, UnicodeError, ValueError):
        return ""


def _clean(text: object) -> str:
    """Return the text without the halves of characters that broken mails contain."""
    return str(text).encode("utf-8", "replace").decode()


async def open_mailbox(mailbox: Mailbox, host: str, port: int) -> asyncio.Server:
    """Listen for mail."""
    loop = asyncio.get_running_loop()
    return await loop.create_server(
        lambda: SMTP(
            mailbox, loop=loop, hostname="simulator", enable_SMTPUTF8=True, data_size_limit=MAX_SIZE
        ),
        host,
        port,
    )
