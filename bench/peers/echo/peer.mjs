/** Nothing to install: it is there in the short run too. */
export default {
  start: (_program, [port]) => ({ command: [process.execPath, "server.mjs"], environment: { PORT: port } }),
  entries: ["json", "v2Binary"].map((wire) => ({ name: "node:http echo", group: "floor", wire, path: "/" })),
};
