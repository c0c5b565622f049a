"""Tells its inputs by names of fields and cases."""

import sys

task = json.load(sys.stdin)
words = "SECRET" + json.dumps([case["logits"] for case in task["cases"]])
print(json.dumps({"claims": [{"case": case["id"], words[:150]: 1} for case in task["cases"]] + [{"case": words[:150]}]}))
sys.stdout.flush()
os._exit(0)
