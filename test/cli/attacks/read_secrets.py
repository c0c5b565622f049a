"""Looks for the task, lossd and the grader's memory."""

def reached_quietly(path):
    try:
        return open(path, "rb").read()
    except OSError:
        return b""


for place in (PLACES["task"], PLACES["lossd"], PLACES["results"]):
    reached(place, lambda: open(place, "rb").read() or 1 / 0)
    reached(place + "_write", lambda: open(place, "ab").write(b"x") if os.path.getsize(place) else 1 / 0)
for pid in filter(str.isdigit, os.listdir("/proc")):
    if b"--task" not in reached_quietly(f"/proc/{pid}/cmdline"):
        continue
    for name in ("environ", "mem", "maps"):
        reached(f"grader_{name}", lambda: open(f"/proc/{pid}/{name}", "rb").read(1) or 1 / 0)
    for name in ("cwd", "root", "exe"):
        reached(f"grader_{name}", lambda: os.readlink(f"/proc/{pid}/{name}"))
    for signal in (0, 19):
        reached("grader_signal", lambda: os.kill(int(pid), signal))
