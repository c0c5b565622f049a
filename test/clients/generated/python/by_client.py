"""The requests in the file that is named, through what openapi-python-client makes. Each model is made by its constructor
with what the request has: whatever else it sends is the generator's."""

import importlib
import json
import os
import sys

from lossd_client import Client, models
from lossd_client.types import UNSET

client = Client(base_url=os.environ["LOSSD_URL"])
with open(sys.argv[1]) as file:
    requests = json.load(file)
for loss, request in requests:
    name = "".join(word.capitalize() for word in loss.split("_"))
    model = getattr(models, f"{name}Request")
    typed = model.from_dict(request)
    body = model(**{field: getattr(typed, field) for field in request})
    operation = importlib.import_module(f"lossd_client.api.{loss}.compute_{loss}")
    response = operation.sync_detailed(client=client, body=body)
    if response.status_code != 200:
        print(response.status_code.value)
    else:
        loss = response.parsed.loss
        print(200, "none" if loss is UNSET else loss)
