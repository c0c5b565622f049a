"""Asks lossd for the answers, by each way to it."""

import shutil
import subprocess

request = json.dumps({"logits": [[1, 2]], "labels": [0]}).encode()


def ask(*command):
    answer = subprocess.run([*command, "compute", "cross_entropy"], input=request, capture_output=True, timeout=10)
    return json.loads(answer.stdout)["loss"]


node = os.path.join(PLACES["lossd"].split("/code/")[0], "node")
reached("by_node", lambda: ask(node, PLACES["lossd"]))
reached("by_another_node", lambda: ask(shutil.which("node"), PLACES["lossd"]))
reached("on_path", lambda: ask("lossd"))
for pid in filter(str.isdigit, os.listdir("/proc")):
    reached("by_process", lambda: ask(f"/proc/{pid}/exe", PLACES["lossd"]))
    reached("by_its_root", lambda: ask(f"/proc/{pid}/root{node}", f"/proc/{pid}/root" + PLACES["lossd"]))
