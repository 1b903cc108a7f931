"""A partner's client on requests-oauthlib: every flow that the mock serves, and what becomes of each that fails.

TACKTEST_MOCK is the root URL of a mock; everything else is asked from it. Its certificate is trusted by
REQUESTS_CA_BUNDLE, if it has one.
"""

import os
import secrets
import sys
import traceback
from urllib.parse import parse_qs, quote_plus, urlsplit

import jwt
import requests
from oauthlib.oauth2 import (
    AccessDeniedError,
    BackendApplicationClient,
    InvalidClientError,
    InvalidClientIdError,
    InvalidGrantError,
    InvalidScopeError,
    MismatchingStateError,
    TokenExpiredError,
    UnauthorizedClientError,
)
from oauthlib.oauth2.rfc6749.errors import LoginRequired
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

ROOT = os.environ["TACKTEST_MOCK"]
AUDIENCE = "urn:partner-api"
SCOPE = [
    "openid", "profile", "email", "phone", "offline_access",
    "supply::users.read", "supply::businesses.list", "supply::negotiations.read", "supply::messages.read",
]

# The redirect URI is plain HTTP on this machine (RFC 8252 section 7.3), which the library takes for insecure, also where the
# mock itself has TLS.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"


class World:
    """A world of one's own, so that clients do not meet."""

    def __init__(self):
        answer = requests.post(f"{ROOT}/control/worlds", json={}, timeout=10)
        assert answer.status_code == 201, answer.text
        told = answer.json()
        self.id, self.environment = told["id"], told["staging"]
        self.discovered = requests.get(self.environment["auth_server"] + ".well-known/openid-configuration", timeout=10).json()

    def order(self, command):
        answer = requests.post(f"{ROOT}/control/worlds/{self.id}", json=command, timeout=10)
        assert answer.status_code == 204, answer.text

    def api(self, path):
        return self.environment["api"] + path


class Partner:
    """The supply client and one user's login."""

    def __init__(self, world, scope=None):
        self.world = world
        self.client = world.environment["clients"]["supply"]
        self.session = OAuth2Session(
            self.client["id"], redirect_uri=self.client["redirect_uri"], scope=scope or SCOPE, pkce="S256"
        )
        self.nonce = secrets.token_urlsafe(16)

    def visit(self, **more):
        """Where the user is sent back to."""
        url, _ = self.session.authorization_url(
            self.world.discovered["authorization_endpoint"], audience=AUDIENCE, nonce=self.nonce, **more
        )
        answer = requests.get(url, allow_redirects=False, timeout=10)
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"]

    def exchange(self, location, auth=None):
        return self.session.fetch_token(
            self.world.discovered["token_endpoint"], authorization_response=location, auth=auth or basic(self.client)
        )

    def log_in(self, **more):
        return self.exchange(self.visit(**more))

    def refresh(self, token):
        return self.session.refresh_token(self.world.discovered["token_endpoint"], token, auth=basic(self.client))

    def identity(self, tokens):
        """The claims of the id_token, verified by the published keys."""
        key = jwt.PyJWKClient(self.world.discovered["jwks_uri"]).get_signing_key_from_jwt(tokens["id_token"])
        claims = jwt.decode(
            tokens["id_token"],
            key,
            algorithms=["RS256"],
            audience=self.client["id"],
            issuer=self.world.discovered["issuer"],
            options={"require": ["exp", "iat", "iss", "sub", "aud", "nonce"]},
        )
        assert claims["nonce"] == self.nonce
        return claims


def basic(client, secret=None):
    """HTTP Basic with both parts form-encoded (RFC 6749 section 2.3.1), which requests does not do by itself."""
    return HTTPBasicAuth(quote_plus(client["id"]), quote_plus(secret or client["secret"]))


def application(world, name="demand", scope="demand::keywords.read", audience=AUDIENCE, secret=None):
    """The tokens of an application itself."""
    client = world.environment["clients"][name]
    session = OAuth2Session(client=BackendApplicationClient(client["id"], scope=[scope]))
    url = world.discovered["token_endpoint"]
    return session, session.fetch_token(url, auth=basic(client, secret), audience=audience)


def refused(error, act, *arguments, **named):
    """Holds that a flow fails, and gives the error."""
    try:
        act(*arguments, **named)
    except error as refusal:
        return refusal
    raise AssertionError(f"{error.__name__} was expected")


def a_user_logs_in_with_pkce_state_and_nonce(world):
    partner = Partner(world)
    tokens = partner.log_in()
    assert tokens["token_type"] == "bearer" and tokens["expires_in"] == 3600, tokens
    assert sorted(tokens["scope"]) == sorted(SCOPE), tokens
    claims = partner.identity(tokens)
    assert claims["email"] == "pro@example.com", claims
    told = partner.session.get(world.discovered["userinfo_endpoint"], timeout=10)
    assert told.status_code == 200, told.text
    for name in ("sub", "name", "given_name", "family_name", "email", "phone_number", "zoneinfo"):
        assert told.json()[name] == claims[name], name


def the_api_is_read(world):
    partner = Partner(world)
    partner.log_in()
    negotiation = world.environment["fixtures"]["negotiation"]
    for path in ("v4/users/self", "v4/businesses", f"v4/negotiations/{negotiation}", f"v4/negotiations/{negotiation}/messages"):
        answer = partner.session.get(world.api(path), timeout=10)
        assert answer.status_code == 200 and answer.json(), answer.text
    answer = partner.session.get(world.api("v4/keywords/search"), params={"searchQuery": "car"}, timeout=10)
    assert answer.status_code == 401 and answer.json()["detail"].startswith("required scope(s) ["), answer.text


def a_refresh_token_is_rotated_and_may_be_used_again_within_a_minute_only(world):
    partner = Partner(world)
    first = partner.log_in()
    claims = partner.identity(first)
    second = partner.refresh(first["refresh_token"])
    assert second["refresh_token"] != first["refresh_token"]
    assert partner.identity(second)["sub"] == claims["sub"]
    again = partner.refresh(first["refresh_token"])
    assert again["refresh_token"] != second["refresh_token"]
    world.order({"advance": "61s"})
    refused(InvalidGrantError, partner.refresh, first["refresh_token"])
    assert partner.session.get(world.api("v4/users/self"), timeout=10).status_code == 401
    refused(InvalidGrantError, partner.refresh, again["refresh_token"])


def an_expired_access_token_is_refused_with_a_problem_and_refreshed_by_itself(world):
    partner = Partner(world)
    tokens = partner.log_in()
    world.order({"expire": tokens["access_token"]})
    answer = partner.session.get(world.api("v4/users/self"), timeout=10)
    assert answer.status_code == 401, answer.text
    assert answer.headers["Content-Type"].startswith("application/problem+json"), answer.headers
    assert "token is not active" in answer.json()["detail"], answer.text
    # The library looks at its own clock alone, so it has to be told that the hour is over.
    expired = {**tokens, "expires_at": 1, "expires_in": -1}
    refused(TokenExpiredError, OAuth2Session(partner.client["id"], token=expired).get, world.api("v4/users/self"))
    kept = []
    session = OAuth2Session(
        partner.client["id"],
        token=expired,
        auto_refresh_url=world.discovered["token_endpoint"],
        token_updater=kept.append,
    )
    answer = session.get(world.api("v4/users/self"), timeout=10, auth=basic(partner.client))
    assert answer.status_code == 200, answer.text
    assert kept[0]["refresh_token"] != tokens["refresh_token"]


def a_revoked_token_is_of_no_use(world):
    partner = Partner(world)
    tokens = partner.log_in()
    form = {"token": tokens["refresh_token"], "token_type_hint": "refresh_token"}
    answer = requests.post(world.discovered["revocation_endpoint"], data=form, auth=basic(partner.client), timeout=10)
    assert answer.status_code == 200 and not answer.text, answer.text
    assert partner.session.get(world.api("v4/users/self"), timeout=10).status_code == 401
    refused(InvalidGrantError, partner.refresh, tokens["refresh_token"])


def a_code_is_good_once(world):
    partner = Partner(world)
    location = partner.visit()
    partner.exchange(location)
    refused(InvalidGrantError, partner.exchange, location)
    assert partner.session.get(world.api("v4/users/self"), timeout=10).status_code == 401


def an_answer_to_another_request_is_noticed(world):
    one, two = Partner(world), Partner(world)
    location = one.visit()
    two.visit()
    refused(MismatchingStateError, two.exchange, location)


def a_user_refuses_and_wrong_requests_are_told_in_the_redirect(world):
    world.order({"next_login": {"user": "pro", "answer": "deny"}})
    denied = Partner(world)
    refused(AccessDeniedError, denied.exchange, denied.visit())
    greedy = Partner(world, ["supply::users.read", "demand::users.read"])
    refused(InvalidScopeError, greedy.exchange, greedy.visit())
    silent = Partner(world)
    refused(LoginRequired, silent.exchange, silent.visit(prompt="none"))
    weak = parse_qs(urlsplit(Partner(world).visit(state="short")).query)
    assert weak["error"] == ["invalid_state"], weak


def fewer_scopes_than_asked_for_are_noticed(world):
    """The library raises a warning as an error; a consent that was remembered gives less than was asked for."""
    given = {"user": "pro", "client": "supply", "scope": "supply::users.read"}
    world.order({"given": {"remembered_consent": given}})
    partner = Partner(world, ["supply::users.read", "supply::messages.read"])
    warning = refused(Warning, partner.log_in)
    assert "Scope has changed" in str(warning), warning


def an_application_gets_a_token_of_its_own(world):
    session, tokens = application(world)
    assert set(tokens) == {"access_token", "expires_in", "expires_at", "scope", "token_type"}, tokens
    answer = session.get(world.api("v4/keywords/search"), params={"searchQuery": "car"}, timeout=10)
    assert answer.status_code == 200 and isinstance(answer.json()["data"], list), answer.text
    refused(InvalidScopeError, application, world, scope="demand::nothing")


def a_wrong_audience_is_told_by_the_api(world):
    session, _ = application(world, audience="urn:other")
    answer = session.get(world.api("v4/keywords/search"), params={"searchQuery": "car"}, timeout=10)
    assert answer.status_code == 502 and answer.json()["error"] == "proxy_oauth_failed", answer.text


def clients_that_may_not_are_refused(world):
    refused(InvalidClientError, application, world, secret="not-the-secret")
    refused(UnauthorizedClientError, application, world, "supply", "supply::users.read")


def a_secret_that_is_not_encoded_is_no_secret(world):
    """Without the encoding of RFC 6749 section 2.3.1, a secret with a percent sign is not even readable."""
    client = world.environment["clients"]["demand"]
    session = OAuth2Session(client=BackendApplicationClient(client["id"], scope=["demand::keywords.read"]))
    plain = HTTPBasicAuth(client["id"], client["secret"])
    url = world.discovered["token_endpoint"]
    # Of its two classes for `invalid_request`, the library raises the one for a wrong client id.
    refusal = refused(InvalidClientIdError, session.fetch_token, url, auth=plain, audience=AUDIENCE)
    assert "could not be decoded" in refusal.description, refusal
    in_body = {"client_secret": client["secret"], "include_client_id": True, "audience": AUDIENCE}
    refusal = refused(InvalidClientError, session.fetch_token, url, auth=False, **in_body)
    assert "client_secret_post" in refusal.description, refusal


FLOWS = [
    a_user_logs_in_with_pkce_state_and_nonce,
    the_api_is_read,
    a_refresh_token_is_rotated_and_may_be_used_again_within_a_minute_only,
    an_expired_access_token_is_refused_with_a_problem_and_refreshed_by_itself,
    a_revoked_token_is_of_no_use,
    a_code_is_good_once,
    an_answer_to_another_request_is_noticed,
    a_user_refuses_and_wrong_requests_are_told_in_the_redirect,
    fewer_scopes_than_asked_for_are_noticed,
    an_application_gets_a_token_of_its_own,
    a_wrong_audience_is_told_by_the_api,
    clients_that_may_not_are_refused,
    a_secret_that_is_not_encoded_is_no_secret,
]


def main():
    failed = 0
    for flow in FLOWS:
        try:
            flow(World())
            print(f"ok: {flow.__name__}")
        except Exception:
            failed += 1
            print(f"FAILED: {flow.__name__}\n{traceback.format_exc()}")
    print(f"{len(FLOWS)} flows, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
