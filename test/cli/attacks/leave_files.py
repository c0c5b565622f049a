"""Leaves files for the next run, and a segment of shared memory."""

import ctypes

for folder in ("/tmp", "/var/tmp", "/dev/shm"):
    try:
        with open(os.path.join(folder, PLACES["leftover"]), "w", encoding="utf-8") as file:
            file.write("x" * 100000)
    except OSError:
        pass
SEGMENT_BYTES = 54321
ctypes.CDLL(None).shmget(0, SEGMENT_BYTES, 0o1600)
compute = right
