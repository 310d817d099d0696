"""Asks a hub over SCIM with scim2-client and scim2-tester, and says what they think of it.

python check.py BASE_URL, with a key in SCIM_TOKEN. One line of JSON for each check goes to standard output.
"""

import json
import os
import sys
import uuid

import httpx2
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import check_server, filling

random_value = filling.generate_random_value


def with_addresses(context, path, *rest, **named):
    """Members of a hub sign in by an address, which no schema can say: user names are made to be one."""
    value = random_value(context, path, *rest, **named)
    return f"{uuid.uuid4()}@peer.example" if str(path).endswith("userName") and value is not None else value


for module in [module for name, module in sys.modules.items() if name.startswith("scim2_tester")]:
    if getattr(module, "generate_random_value", None) is random_value:
        module.generate_random_value = with_addresses
http = httpx2.Client(base_url=sys.argv[1], headers={"Authorization": f"Bearer {os.environ['SCIM_TOKEN']}"}, timeout=60)
client = SyncSCIMClient(http)
client.discover()
for result in check_server(client):
    told = {"status": result.status.name, "title": result.title, "reason": str(result.reason), "of": result.resource_type}
    print(json.dumps(told), flush=True)
