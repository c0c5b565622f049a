"""Ends what it can."""

for signal in (0, 9):
    for pid in filter(str.isdigit, os.listdir("/proc")):
        if int(pid) not in (1, os.getpid(), os.getppid()):
            reached(f"signal_{signal}", lambda: os.kill(int(pid), signal))
os.kill(-1, 9)
os._exit(1)
