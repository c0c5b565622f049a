"""Takes more than it may have in files of the folder that is memory."""

import time

folder = os.path.join("/dev/shm", PLACES["leftover"])
os.mkdir(folder)
for number in range(3):
    with open(os.path.join(folder, str(number)), "wb") as file:
        for _ in range(200):
            file.write(b"x" * 2**20)
time.sleep(20)
compute = right
