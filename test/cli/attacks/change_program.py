"""Changes the files that it was started from, and what later programs load."""

import sys

here = os.path.dirname(os.path.abspath(sys.argv[0]))
program = os.path.join(here, "program.py")
reached("program_write", lambda: open(program, "a").write("#"))
reached("program_renamed", lambda: os.rename(program, program + "2"))
reached("program_removed", lambda: os.unlink(program))
reached("module_beside", lambda: open(os.path.join(here, "json.py"), "w").write("#"))
reached("folder_mode", lambda: os.chmod(here, 0o777))
for place in (os.path.dirname(json.__file__) + "/x.py", "/etc/ld.so.preload", "/usr/local/bin/python3x", "/nonexistent"):
    reached("write_" + place, lambda: open(place, "w").write("#"))
