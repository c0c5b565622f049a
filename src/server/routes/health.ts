import type { FastifyInstance, FastifyReply } from "fastify";
import { Type } from "typebox";
import type { Lifecycle } from "../../service/lifecycle.ts";

const status = (...words: string[]) => Type.Object({ status: Type.Enum(words) });

/** Liveness never looks at load: a busy process must not be restarted. Readiness says whether to send requests. */
export function healthRoutes(app: FastifyInstance, lifecycle: Lifecycle): void {
  const live = () => ({ status: "ok" });
  const ready = (_request: unknown, reply: FastifyReply) => {
    const { phase } = lifecycle;
    return reply.code(phase === "ok" ? 200 : 503).send({ status: phase });
  };
  app.get(
    "/health/live",
    {
      schema: {
        tags: ["health"],
        operationId: "live",
        summary: "Whether the process answers",
        response: { 200: { description: "It does.", ...status("ok") } },
      },
    },
    live,
  );
  app.get(
    "/health/ready",
    {
      schema: {
        tags: ["health"],
        operationId: "ready",
        summary: "Whether the service takes requests",
        response: {
          200: { description: "It does.", ...status("ok") },
          503: { description: "It starts or stops.", ...status("starting", "draining") },
        },
      },
    },
    ready,
  );
  for (const path of ["/livez", "/healthz"]) app.get(path, { schema: { hide: true } }, live);
  app.get("/readyz", { schema: { hide: true } }, ready);
}
