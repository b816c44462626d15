"""What `init` decides once and `serve` reads: ports, names and shared secrets."""

import json
import secrets
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from urllib.parse import urlsplit

from simulator.keyring import Keyring, load_keyring, make_keyring


def _digits(count: int) -> str:
    return "".join(secrets.choice("0123456789") for _ in range(count))


@dataclass(frozen=True)
class Config:
    """The identity of one simulator; kept in `config.json`."""

    port: int
    smtp_port: int
    shop_url: str
    public_url: str
    alipay_app_id: str = field(default_factory=lambda: "2021" + _digits(12))
    alipay_seller_id: str = field(default_factory=lambda: "2088" + _digits(12))
    wechat_app_id: str = field(default_factory=lambda: "wx" + secrets.token_hex(8))
    wechat_mch_id: str = "1900000001"
    wechat_api_v3_key: str = field(default_factory=lambda: secrets.token_hex(16))
    wechat_public_key_id: str = field(default_factory=lambda: "PUB_KEY_ID_" + "0" + _digits(29))
    unionpay_mer_id: str = "777290058110048"
    sf_partner_id: str = "EMSHOP"
    sf_check_word: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    kd100_key: str = field(default_factory=lambda: secrets.token_urlsafe(9))
    kd100_salt: str = field(default_factory=lambda: secrets.token_hex(8))
    sms_access_key_id: str = field(default_factory=lambda: "LTAI" + secrets.token_hex(8))
    sms_access_key_secret: str = field(default_factory=lambda: secrets.token_hex(15))


def initialise(home: Path, **chosen: str | int) -> Config:
    """Write keys, config and shop.env; what exists already is kept, ports and URLs are not."""
    home.mkdir(parents=True, exist_ok=True)
    path = home / "config.json"
    kept = json.loads(path.read_text()) if path.exists() else {}
    known = {name.name for name in fields(Config)}
    config = Config(**{name: value for name, value in (kept | chosen).items() if name in known})
    path.write_text(json.dumps(asdict(config), indent=2) + "\n")
    path.chmod(0o600)
    make_keyring(home / "keys")
    keyring = load_keyring(home / "keys")
    _write_platform_keys(home, config, keyring)
    _write_shop_env(home, config, keyring)
    return config


def load_config(home: Path) -> Config:
    """Read config.json; FileNotFoundError if `init` has not run."""
    return Config(**json.loads((home / "config.json").read_text()))


def _write_platform_keys(home: Path, config: Config, keyring: Keyring) -> None:
    """Lay out what a merchant downloads from WeChat: its public key and its certificate."""
    folder = home / "wechat-platform-keys"
    folder.mkdir(exist_ok=True)
    public_key = keyring.public_file("wechat-public-key").read_bytes()
    (folder / f"{config.wechat_public_key_id}.pem").write_bytes(public_key)
    (folder / f"{keyring.serial('wechat-platform')}.pem").write_text(keyring.pem("wechat-platform"))


def _write_shop_env(home: Path, config: Config, keyring: Keyring) -> None:
    lines = shop_environment(home.resolve(), config, keyring)
    path = home / "shop.env"
    path.write_text("".join(f"{name}={value}\n" for name, value in lines.items()))
    path.chmod(0o600)


def shop_environment(home: Path, config: Config, keyring: Keyring) -> dict[str, str]:
    """Return what the shop needs to know to talk to this simulator."""
    keys = home / "keys"
    url = config.public_url
    return {
        "EMSHOP_ALIPAY_GATEWAY_URL": f"{url}/gateway.do",
        "EMSHOP_ALIPAY_APP_ID": config.alipay_app_id,
        "EMSHOP_ALIPAY_SELLER_ID": config.alipay_seller_id,
        "EMSHOP_ALIPAY_PRIVATE_KEY_FILE": str(keys / "alipay-app.key.pem"),
        "EMSHOP_ALIPAY_PUBLIC_KEY_FILE": str(keys / "alipay.pub.pem"),
        "EMSHOP_WECHAT_BASE_URL": url,
        "EMSHOP_WECHAT_APP_ID": config.wechat_app_id,
        "EMSHOP_WECHAT_MCH_ID": config.wechat_mch_id,
        "EMSHOP_WECHAT_MCH_SERIAL": keyring.serial("wechat-merchant"),
        "EMSHOP_WECHAT_PRIVATE_KEY_FILE": str(keys / "wechat-merchant.key.pem"),
        "EMSHOP_WECHAT_API_V3_KEY": config.wechat_api_v3_key,
        "EMSHOP_WECHAT_PLATFORM_KEYS_DIR": str(home / "wechat-platform-keys"),
        "EMSHOP_UNIONPAY_BASE_URL": url,
        "EMSHOP_UNIONPAY_MER_ID": config.unionpay_mer_id,
        "EMSHOP_UNIONPAY_PRIVATE_KEY_FILE": str(keys / "unionpay-merchant.key.pem"),
        "EMSHOP_UNIONPAY_CERT_FILE": str(keys / "unionpay-merchant.crt.pem"),
        "EMSHOP_UNIONPAY_ROOT_CERT_FILE": str(keys / "unionpay-root.crt.pem"),
        "EMSHOP_UNIONPAY_MIDDLE_CERT_FILE": str(keys / "unionpay-middle.crt.pem"),
        "EMSHOP_SF_BASE_URL": url,
        "EMSHOP_SF_PARTNER_ID": config.sf_partner_id,
        "EMSHOP_SF_CHECK_WORD": config.sf_check_word,
        "EMSHOP_KD100_BASE_URL": url,
        "EMSHOP_KD100_KEY": config.kd100_key,
        "EMSHOP_KD100_SALT": config.kd100_salt,
        "EMSHOP_SMS_BASE_URL": f"{url}/sms/",
        "EMSHOP_SMS_ACCESS_KEY_ID": config.sms_access_key_id,
        "EMSHOP_SMS_ACCESS_KEY_SECRET": config.sms_access_key_secret,
        "EMSHOP_EMAIL_URL": f"smtp://{urlsplit(url).hostname}:{config.smtp_port}",
    }
