import { installPython } from "../../http/install.mjs";

const options = ["--no-access-log", "--loop", "uvloop", "--http", "httptools"];

/** Shares its environment with `fastapi`: PyTorch is gigabytes. */
export default {
  pins: "requirements.txt",
  install: () => installPython("pytorch", ["fastapi", "expert"]),
  start: (python, [port]) => ({ command: [python, "-m", "uvicorn", "app:app", "--port", port, ...options] }),
  entries: [
    { name: "Starlette + orjson + NumPy + PyTorch", group: "Python", wire: "json", path: "/cross_entropy" },
    { name: "Starlette + raw bytes + PyTorch", group: "Python", wire: "raw", path: "/cross_entropy/raw" },
  ],
};
