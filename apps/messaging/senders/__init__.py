"""Who carries a message out of the house: one adapter per channel."""

from typing import Protocol

from apps.messaging.models import Channel, OutgoingMessage
from apps.messaging.senders.aliyun_sms import AliyunSms
from apps.messaging.senders.not_sent import NotSent
from apps.messaging.senders.smtp import Smtp


class Sender(Protocol):
    def send(self, message: OutgoingMessage) -> str:
        """
        Hand the message over and return the provider's id of it.

        :raises NotSent: if the provider did not take it
        """


SENDERS: dict[str, Sender] = {Channel.SMS: AliyunSms(), Channel.EMAIL: Smtp()}

__all__ = ["SENDERS", "NotSent", "Sender"]
