"""The keys and certificates of the simulated channels and of the one shop they know."""

import datetime
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

# name → (common name, who signs it); None signs itself.
CERTIFICATES: dict[str, tuple[str, str | None]] = {
    "wechat-merchant": ("1900000001", None),
    "wechat-platform": ("Tenpay.com sign", None),
    "unionpay-root": ("Simulated CFCA ACS CA", None),
    "unionpay-middle": ("Simulated CFCA ACS OCA31", "unionpay-root"),
    "unionpay": ("中国银联股份有限公司", "unionpay-middle"),
    "unionpay-merchant": ("777290058110048", "unionpay-middle"),
}
AUTHORITIES = {"unionpay-root", "unionpay-middle"}
BARE_KEYS = ("alipay", "alipay-app", "wechat-public-key", "stranger")


@dataclass(frozen=True)
class Keyring:
    """Everything that was made by `init`, read once."""

    folder: Path
    private: dict[str, RSAPrivateKey]
    certificates: dict[str, x509.Certificate]

    def public(self, name: str) -> RSAPublicKey:
        return self.private[name].public_key()

    def serial(self, name: str) -> str:
        """Return the serial number as WeChat writes it: 40 hexadecimal digits."""
        return f"{self.certificates[name].serial_number:040X}"

    def pem(self, name: str) -> str:
        return self.certificates[name].public_bytes(Encoding.PEM).decode()

    def private_file(self, name: str) -> Path:
        return self.folder / f"{name}.key.pem"

    def public_file(self, name: str) -> Path:
        return self.folder / f"{name}.pub.pem"

    def certificate_file(self, name: str) -> Path:
        return self.folder / f"{name}.crt.pem"


def make_keyring(folder: Path) -> None:
    """Write what is missing; what is there is kept."""
    folder.mkdir(parents=True, exist_ok=True)
    keys = {name: _key(folder, name) for name in (*BARE_KEYS, *CERTIFICATES)}
    for name, (common_name, issuer) in CERTIFICATES.items():
        path = folder / f"{name}.crt.pem"
        if not path.exists():
            issued_by = CERTIFICATES[issuer or name][0]
            certificate = _certificate(
                keys[name], common_name, keys[issuer or name], issued_by, name in AUTHORITIES
            )
            path.write_bytes(certificate.public_bytes(Encoding.PEM))


def load_keyring(folder: Path) -> Keyring:
    """Read what `make_keyring` wrote."""
    private = {}
    for name in (*BARE_KEYS, *CERTIFICATES):
        key = load_pem_private_key((folder / f"{name}.key.pem").read_bytes(), password=None)
        if not isinstance(key, RSAPrivateKey):
            raise TypeError(f"{name}.key.pem is not an RSA key")
        private[name] = key
    certificates = {
        name: x509.load_pem_x509_certificate((folder / f"{name}.crt.pem").read_bytes())
        for name in CERTIFICATES
    }
    return Keyring(folder, private, certificates)


def _key(folder: Path, name: str) -> RSAPrivateKey:
    path = folder / f"{name}.key.pem"
    if path.exists():
        key = load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, RSAPrivateKey):
            raise TypeError(f"{path} is not an RSA key")
    else:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        path.chmod(0o600)
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (folder / f"{name}.pub.pem").write_bytes(public)
    return key


def _certificate(
    key: RSAPrivateKey, common_name: str, signer: RSAPrivateKey, issued_by: str, authority: bool
) -> x509.Certificate:
    today = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(common_name))
        .issuer_name(_name(issued_by))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .sign(signer, SHA256())
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Payment simulator"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )
