"""The requests in the file that is named, as plain dumps of the models that datamodel-code-generator makes."""

import json
import os
import sys
import urllib.error
import urllib.request

import lossd_models

with open(sys.argv[1]) as file:
    requests = json.load(file)
for loss, request in requests:
    name = "".join(word.capitalize() for word in loss.split("_"))
    body = getattr(lossd_models, f"{name}Request")(**request).model_dump_json(exclude_none=True)
    headers = {"content-type": "application/json"}
    url = f"{os.environ['LOSSD_URL']}/v1/losses/{loss}"
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body.encode(), headers)) as response:
            reply = getattr(lossd_models, f"{name}Reply").model_validate_json(response.read())
            told = reply.loss.root if reply.loss is not None else "none"
            print(200, getattr(told, "root", told))
    except urllib.error.HTTPError as error:
        print(error.code)
