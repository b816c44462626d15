"""E-mail over SMTP, through Django's own backend."""

import smtplib
from email.utils import make_msgid

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from apps.messaging.models import OutgoingMessage
from apps.messaging.senders.not_sent import NotSent

PERMANENT = range(500, 600)


class Smtp:
    """The adapter of the mail server that EMSHOP_EMAIL_URL names."""

    def send(self, message: OutgoingMessage) -> str:
        message_id = make_msgid(domain="emshop")
        mail = EmailMultiAlternatives(
            subject=message.subject,
            body=message.body,
            to=[message.target],
            headers={"Message-ID": message_id, "Auto-Submitted": "auto-generated"},
        )
        with translation.override(message.language):
            page = render_to_string(
                "messaging/email.html", {"subject": message.subject, "body": message.body}
            )
        mail.attach_alternative(page, "text/html")
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as problem:
            codes = [code for code, _reason in problem.recipients.values()]
            is_final = all(code in PERMANENT for code in codes)
            raise NotSent(f"refused: {codes}", is_final=is_final) from problem
        except (smtplib.SMTPException, OSError) as problem:
            raise NotSent(f"{type(problem).__name__}: {problem}") from problem
        return message_id
