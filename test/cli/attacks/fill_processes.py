"""Starts processes until no more can be had, each of which would start the next."""

import time


def fill():
    os.setsid()
    for descriptor in (0, 1, 2):
        os.close(descriptor)
    end = time.time() + 20
    while time.time() < end:
        with open(os.path.join(PLACES["evidence"], "beats"), "a", encoding="utf-8") as file:
            file.write(".")
        try:
            if os.fork() == 0:
                time.sleep(20)
                os._exit(0)
        except OSError:
            time.sleep(0.01)
    os._exit(0)


try:
    for _ in range(4):
        if os.fork() == 0:
            fill()
except OSError:
    pass
time.sleep(0.5)
