"""Takes more than it may have in files in memory that have no name and are not mapped."""

import time

if os.fork() == 0:
    for number in range(3):
        file = os.memfd_create(f"block{number}")
        for _ in range(200):
            os.write(file, b"x" * 2**20)
    time.sleep(20)
    os._exit(0)
os.wait()
compute = right
