"""A SAML identity provider (pysaml2) on a free port of loopback.

It prints where it is and where its metadata is as one line of JSON, reads the hub's metadata and one person as another line, and signs
everybody in as that person. What the hub asks must be signed; answers are signed, with the assertion in them.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qsl, urlsplit

from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.config import IdPConfig
from saml2.metadata import entity_descriptor
from saml2.saml import NAME_FORMAT_URI, NAMEID_FORMAT_PERSISTENT, NameID
from saml2.server import Server
from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA256

PASSWORD = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"


def key_pair(folder):
    """A key and its certificate as files."""
    key, certificate = str(folder / "key.pem"), str(folder / "cert.pem")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=TEST ONLY"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return key, certificate


def configuration(home, keys, service_providers):
    """What pysaml2 has to know about itself and about the hub."""
    return IdPConfig().load({
        "entityid": f"{home}/metadata",
        "xmlsec_binary": shutil.which("xmlsec1"),
        "key_file": keys[0],
        "cert_file": keys[1],
        "signing_algorithm": SIG_RSA_SHA256,
        "digest_algorithm": DIGEST_SHA256,
        "metadata": {"inline": service_providers} if service_providers else {},
        "service": {
            "idp": {
                "name": "pysaml2",
                "want_authn_requests_signed": True,
                "endpoints": {
                    "single_sign_on_service": [(f"{home}/sso", BINDING_HTTP_REDIRECT)],
                    "single_logout_service": [(f"{home}/slo", BINDING_HTTP_REDIRECT)],
                },
                "policy": {"default": {"lifetime": {"minutes": 5}, "name_form": NAME_FORMAT_URI}},
            }
        },
    })


class Handler(BaseHTTPRequestHandler):
    """Answers browsers, and whoever reads the metadata."""

    provider = None
    metadata = ""
    person = {}

    def do_GET(self):
        """One of the addresses in the metadata."""
        url = urlsplit(self.path)
        query = dict(parse_qsl(url.query))
        if url.path == "/metadata":
            self.say(200, {"Content-Type": "application/samlmetadata+xml"}, self.metadata)
        elif url.path == "/sso":
            self.sign_in(query)
        elif url.path == "/slo":
            self.sign_out(query)
        else:
            self.say(404, {}, "")

    def sign_in(self, query):
        """Verifies what the hub asks, and has the browser bring the answer."""
        idp, person = self.provider, self.person
        asked = idp.parse_authn_request(
            query["SAMLRequest"], BINDING_HTTP_REDIRECT, query["RelayState"], query["SigAlg"], query["Signature"]
        )
        answer = idp.create_authn_response(
            {"mail": [person["email"]], "displayName": [person["name"]], "groups": person["groups"]},
            userid=person["id"],
            name_id=NameID(format=NAMEID_FORMAT_PERSISTENT, text=person["id"]),
            authn={"class_ref": PASSWORD, "authn_auth": idp.config.entityid},
            sign_response=True,
            sign_assertion=True,
            sign_alg=SIG_RSA_SHA256,
            digest_alg=DIGEST_SHA256,
            **idp.response_args(asked.message),
        )
        destination = idp.response_args(asked.message)["destination"]
        page = idp.apply_binding(BINDING_HTTP_POST, str(answer), destination, query["RelayState"], response=True)
        self.say(200, {"Content-Type": "text/html"}, page["data"])

    def sign_out(self, query):
        """Verifies who signed out at the hub, and says that it is so here."""
        idp = self.provider
        asked = idp.parse_logout_request(
            query["SAMLRequest"], BINDING_HTTP_REDIRECT, query["RelayState"], query["SigAlg"], query["Signature"]
        )
        assert asked.message.name_id.text == self.person["id"], asked.message
        answer = idp.create_logout_response(asked.message, [BINDING_HTTP_REDIRECT])
        _, destination = idp.pick_binding(
            "single_logout_service", [BINDING_HTTP_REDIRECT], "spsso", entity_id=asked.message.issuer.text
        )
        away = idp.apply_binding(
            BINDING_HTTP_REDIRECT, str(answer), destination, query["RelayState"], response=True, sign=True, sigalg=SIG_RSA_SHA256
        )
        self.say(303, dict(away["headers"]), "")

    def say(self, status, headers, body):
        """One whole answer."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body.encode())


def main():
    """Serves until it is ended."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    home = f"http://127.0.0.1:{server.server_port}"
    with tempfile.TemporaryDirectory() as folder:
        keys = key_pair(Path(folder))
        Handler.metadata = str(entity_descriptor(configuration(home, keys, [])))
        print(json.dumps({"home": home, "metadata_url": f"{home}/metadata"}), flush=True)
        # Its metadata is read before the hub has any.
        Thread(target=server.serve_forever, daemon=True).start()
        told = json.loads(sys.stdin.readline())
        Handler.person = told["person"]
        Handler.provider = Server(config=configuration(home, keys, [told["metadata"]]))
        print(json.dumps({"ready": True}), flush=True)
        sys.stdin.read()


main()
