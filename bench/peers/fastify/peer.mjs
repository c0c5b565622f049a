/** The framework that ours runs in, which is there already. */
export default {
  start: (_program, [port]) => ({ command: [process.execPath, "server.mjs"], environment: { PORT: port } }),
  entries: ["json", "v2Binary"].map((wire) => ({ name: "Fastify echo", group: "floor", wire, path: "/" })),
};
