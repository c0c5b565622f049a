import json

from lossd_check import check


def ask(compute, task):
    """What compute returns for each of these cases has to be right, and complete."""
    for case in task["cases"]:
        fields = {name: value for name, value in case.items() if name not in ("id", "visibility")}
        answer = compute(**task["options"], **fields)
        claim = answer if isinstance(answer, dict) else dict(zip(task["outputs"], answer))
        missing = [output for output in task["outputs"] if claim.get(output) is None]
        assert not missing, f"compute returns no {', '.join(missing)}"
        check(task["loss"], fields.pop("logits", None), fields.pop("labels"), claim, **task["options"], **fields)
