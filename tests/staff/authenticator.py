"""A passkey without a browser: what a device says to a page that asks it (WebAuthn §6)."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from justhtml import JustHTML
from werkzeug.test import TestResponse

from tests.makers import PUBLIC_URL

#: User present, user verified, attested data follows (WebAuthn §6.1).
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def encoded(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def asked(page: TestResponse) -> tuple[str, dict[str, Any]]:
    """Return where a page wants the answer sent, and what it asks."""
    (form,) = JustHTML(page.text, sanitize=False).query("form[data-passkey]")
    attributes = {name: str(value) for name, value in (form.attrs or {}).items()}
    return attributes["action"], json.loads(unescape(attributes["data-options"]))


@dataclass
class Authenticator:
    """One device with one passkey; it counts nothing, as those that synchronise do not."""

    origin: str = PUBLIC_URL
    flags: int = PRESENT | VERIFIED
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    name: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    def made(self, options: dict[str, Any]) -> str:
        """Say what a new passkey says of itself."""
        point = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)}
        attested = bytes(16) + len(self.name).to_bytes(2) + self.name + cbor2.dumps(public)
        data = self._about(options["rp"]["id"], self.flags | ATTESTED) + attested
        statement = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options)
        return self._said({"clientDataJSON": encoded(client), "attestationObject": encoded(statement)})

    def given(self, options: dict[str, Any]) -> str:
        """Say that its person is here."""
        data, client = self._about(options["rpId"], self.flags), self._client("webauthn.get", options)
        signed = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        told = {"authenticatorData": data, "clientDataJSON": client, "signature": signed}
        return self._said({name: encoded(value) for name, value in told.items()})

    def _about(self, site: str, flags: int) -> bytes:
        return hashlib.sha256(site.encode()).digest() + bytes([flags]) + bytes(4)

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        return json.dumps({"type": kind, "challenge": options["challenge"], "origin": self.origin}).encode()

    def _said(self, response: dict[str, str]) -> str:
        name = encoded(self.name)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
