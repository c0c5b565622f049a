"""Grades a submission for Classroom 50: copy this folder to CLASSROOM/autograders/ASSIGNMENT/ of your classroom50 repository.

Of the student's checkout compute.py alone is taken. Points are whole numbers, as the result's format has them: a part of a
point is not given.

Mind that this folder is published: whoever finds the address of your classroom's pages can read task.json, and so draw the
hidden cases. They are hidden from the others.
"""

import datetime
import gzip
import json
import os
import pathlib
import shutil
import stat
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SECONDS_MAX = 600


def lossd():
    """The command: LOSSD, or the executable beside this file, or on PATH."""
    packed, own = HERE / "lossd.gz", HERE / "lossd"
    if packed.exists() and not own.exists():
        own.write_bytes(gzip.decompress(packed.read_bytes()))
        own.chmod(own.stat().st_mode | stat.S_IXUSR)
    command = os.environ.get("LOSSD") or (str(own) if own.exists() else shutil.which("lossd"))
    if not command:
        sys.exit("there is no lossd: put the executable beside autograder.py, or name it in LOSSD")
    return command.split()


def grade(folder):
    """What lossd says, as results.json of Gradescope."""
    report = pathlib.Path(folder) / "report.json"
    # As root the program is a user of its own, that can reach nothing of this.
    root = ["sudo", "-n"] if os.geteuid() != 0 and shutil.which("sudo") else []
    command = [*root, *lossd(), "run", "--task", str(HERE / "task.json"), "--submission", os.getcwd()]
    command += ["--program", str(HERE / "program.py"), "--gradescope", str(report), "--quiet", "--", "python3", "program.py"]
    ended = subprocess.run(command, timeout=SECONDS_MAX, check=False)
    print(f"lossd run ended with exit code {ended.returncode}")
    # Not the student's fault: Classroom 50 then says that the grading failed, and gives no score.
    if ended.returncode in (2, 4):
        sys.exit(1)
    return json.loads(report.read_text(encoding="utf-8"))


def main():
    HERE.chmod(0o700)
    maximum = sum(part["points"] for part in json.loads((HERE / "task.json").read_text(encoding="utf-8"))["parts"])
    with tempfile.TemporaryDirectory() as folder:
        graded = grade(folder)
    # A program that fails has no tests: what students read then is why.
    lines = graded.get("tests") or [{"name": "compute.py", "score": 0, "max_score": maximum, "status": "failed"}]
    tests = [
        {
            "test-name": line["name"],
            "passed": line["status"] == "passed",
            "score": int(line["score"]),
            "max-score": int(line["max_score"]),
            "output": line.get("output", graded["output"]),
        }
        for line in lines
    ]
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    result = {
        "schema": "classroom50/result/v1",
        "classroom": os.environ["CLASSROOM"],
        "assignment": os.environ["ASSIGNMENT"],
        "assignment_type": os.environ.get("ASSIGNMENT_TYPE", "individual"),
        "owner": os.environ.get("OWNER") or os.environ.get("USERNAME", ""),
        "submission": os.environ["SUBMISSION_TAG"],
        "commit": os.environ["COMMIT_URL"],
        "release": os.environ["RELEASE_URL"],
        "review": os.environ.get("REVIEW_URL") or os.environ["COMMIT_URL"],
        "datetime": now,
        "score": sum(test["score"] for test in tests),
        "max-score": sum(test["max-score"] for test in tests),
        "tests": tests,
    }
    pathlib.Path("result.json").write_text(json.dumps(result, indent=2), encoding="utf-8")


main()
