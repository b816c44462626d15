"""The one object that holds everything together."""

import asyncio
from pathlib import Path

from starlette.requests import Request

from simulator.alipay.channel import Alipay
from simulator.book import Book
from simulator.carriers.kuaidi100 import Kuaidi100
from simulator.carriers.parcels import Depot
from simulator.channels import Channel
from simulator.clock import Pace
from simulator.config import Config, load_config
from simulator.keyring import Keyring, load_keyring
from simulator.knobs import Knobs
from simulator.messages.mail import Mailbox, open_mailbox
from simulator.messages.nonces import Nonces
from simulator.posting import Postman
from simulator.till import Till
from simulator.timers import Timers
from simulator.unionpay.channel import Unionpay
from simulator.wechat.channel import Wechat
from simulator.world import World


class House:
    """Config, keys, memory and everybody who works with them."""

    def __init__(self, config: Config, keyring: Keyring, book: Book, pace: Pace) -> None:
        self.config = config
        self.keyring = keyring
        self.pace = pace
        self.host = "127.0.0.1"
        self.world = World(book)
        self.world.replay()
        self.knobs = Knobs(self.world)
        self.timers = Timers()
        self.postman = Postman(self.world, self.knobs, self.timers, pace)
        self.till = Till(self.world, self.knobs, self.timers, pace, self.postman)
        self.alipay = Alipay(config, keyring)
        self.wechat = Wechat(config, keyring)
        self.unionpay = Unionpay(config, keyring)
        channels: tuple[Channel, ...] = (self.alipay, self.wechat, self.unionpay)
        for channel in channels:
            self.till.channels[channel.name] = channel
            self.postman.notifiers[channel.name] = channel
        self.depot = Depot(self.world, self.timers, pace, self.postman)
        self.postman.notifiers[Kuaidi100.name] = Kuaidi100()
        self.sms_nonces = Nonces()
        self.mailbox = Mailbox(self.world, self.knobs)
        self._mail_server: asyncio.Server | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to write the book, to fire timers and to take mail."""
        self.postman.resume()
        self.till.resume()
        self.depot.resume()
        self._tasks = [
            asyncio.create_task(self.world.book.keep_writing()),
            asyncio.create_task(self.timers.run()),
        ]
        self._mail_server = await open_mailbox(self.mailbox, self.host, self.config.smtp_port)

    def quicken(self, scale: float) -> None:
        """Let waits pass faster or slower, those under way included."""
        ratio = self.pace.scale / scale
        self.pace.scale = scale
        for kind in ("notice", "refund", "parcel"):
            self.timers.stretch(kind, ratio)

    async def stop(self) -> None:
        """Finish what is under way and close the book."""
        if self._mail_server is not None:
            self._mail_server.close()
        for task in reversed(self._tasks):
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        self.postman.close()
        self.world.book.close()


def build_house(
    home: Path,
    *,
    host: str = "127.0.0.1",
    time_scale: float = 1.0,
    parcel_step: float | None = None,
) -> House:
    """Open a home that `init` made."""
    config = load_config(home)
    house = House(config, load_keyring(home / "keys"), Book(home / "book.jsonl"), Pace(time_scale))
    house.host = host
    if parcel_step is not None:
        house.depot.step_seconds = parcel_step
    return house


def house_of(request: Request) -> House:
    """Return the house that answers this request."""
    house: House = request.app.state.house
    return house
