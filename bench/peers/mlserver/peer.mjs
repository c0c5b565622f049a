import os from "node:os";
import path from "node:path";
import { installPython } from "../../http/install.mjs";

/** NumPy computes: a second PyTorch would be gigabytes, for a share of the time that JSON leaves no room to see. */
export default {
  pins: "requirements.txt",
  install: () => installPython("mlserver", ["mlserver"]),
  ready: "/v2/models/cross_entropy/ready",
  start: (python, [port, spare, another]) => ({
    command: [python, "-c", "from mlserver.cli import main; main()", "start", "."],
    environment: {
      MLSERVER_HOST: "127.0.0.1",
      MLSERVER_HTTP_PORT: port,
      MLSERVER_GRPC_PORT: spare,
      MLSERVER_METRICS_PORT: another,
      // It would make these beside its settings, in the tree.
      MLSERVER_METRICS_DIR: path.join(os.tmpdir(), "lossd-bench-metrics"),
      MLSERVER_ENVIRONMENTS_DIR: path.join(os.tmpdir(), "lossd-bench-environments"),
    },
  }),
  entries: [{ name: "MLServer + NumPy", group: "Python", wire: "v2Json", path: "/v2/models/cross_entropy/infer" }],
};
