"""Puts a file of its own in the results' place, now and again after its end."""

import signal
import time

FORGED = json.dumps({"score": 3, "forged": True})


def forge():
    folder = os.path.dirname(PLACES["results"])
    for step in (
        lambda: open(PLACES["results"], "w").write(FORGED),
        lambda: os.unlink(PLACES["results"]),
        lambda: os.rename(folder, folder + "2"),
        lambda: os.symlink(PLACES["task"], os.path.join(folder, "results.json.part")),
    ):
        try:
            step()
        except OSError:
            pass


forge()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for descriptor in (0, 1, 2):
            os.close(descriptor)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for _ in range(3000):
            forge()
            with open(os.path.join(PLACES["evidence"], "beats"), "a", encoding="utf-8") as file:
                file.write(".")
            time.sleep(0.01)
    os._exit(0)
