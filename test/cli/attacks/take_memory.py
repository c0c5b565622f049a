"""Takes twice what it may have, in two processes."""

import time

for _ in range(2):
    if os.fork() == 0:
        block = bytearray(400 * 2**20)
        time.sleep(20)
        os._exit(len(block) % 2)
for _ in range(2):
    os.wait()
compute = right
