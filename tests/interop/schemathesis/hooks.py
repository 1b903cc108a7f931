"""Which token opens an operation: the supply side's or the demand side's, by the scopes that the document names."""

import os

import schemathesis

TOKENS = {side: os.environ[f"SCHEMATHESIS_{side.upper()}_TOKEN"] for side in ("supply", "demand")}


@schemathesis.auth(refresh_interval=None)
class BySide:
    def get(self, case, context):
        required = context.operation.definition.raw.get("security", [])
        scopes = [scope for alternative in required for scope in alternative.get("oauth2", [])]
        side = scopes[0].split("::")[0] if scopes else "demand"
        return TOKENS[side] if any("oauth2" in alternative for alternative in required) else None

    def set(self, case, data, context):
        if data is not None:
            case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}
