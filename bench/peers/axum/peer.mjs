import { buildRust } from "../../http/install.mjs";

export default {
  pins: "Cargo.toml",
  install: () => buildRust("axum", "axum-peer"),
  start: (program, [port]) => ({ command: [program], environment: { PORT: port } }),
  entries: [
    { name: "axum + serde_json", group: "Rust", wire: "json", path: "/serde_json/cross_entropy" },
    { name: "axum + sonic-rs", group: "Rust", wire: "json", path: "/sonic_rs/cross_entropy" },
  ],
};
