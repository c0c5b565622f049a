"""Leaves files for the next run."""

for folder in ("/tmp", "/var/tmp", "/dev/shm"):
    try:
        with open(os.path.join(folder, PLACES["leftover"]), "w", encoding="utf-8") as file:
            file.write("x" * 100000)
    except OSError:
        pass
compute = right
