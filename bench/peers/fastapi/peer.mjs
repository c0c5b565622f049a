import { installPython } from "../../http/install.mjs";

/** Shares its environment with `expert`: PyTorch is gigabytes. */
export default {
  pins: "requirements.txt",
  install: () => installPython("pytorch", ["fastapi", "expert"]),
  start: (python, [port]) => ({
    command: [python, "-m", "uvicorn", "app:app", "--port", port, "--no-access-log", "--loop", "uvloop"],
  }),
  entries: [
    { name: "FastAPI + pydantic + PyTorch", group: "Python", wire: "json", path: "/cross_entropy" },
    { name: "FastAPI with a response model", group: "Python", wire: "json", path: "/cross_entropy/typed" },
  ],
};
