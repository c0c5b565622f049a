import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction } from "fastify";
import type { Logger } from "pino";
import type { Config } from "../../config.ts";
import { catalogue } from "../../grading/requests.ts";
import { losses } from "../../losses/registry.ts";
import { queryOf, readQuery } from "../../request/query.ts";
import type { JobHead } from "../../service/formats.ts";
import type { Lifecycle } from "../../service/lifecycle.ts";
import { grading } from "../../service/stream/grading.ts";
import { openPool, reserve, settle } from "../admission.ts";
import { bytesToReserve } from "../http/body.ts";
import { bodyMedia, checkAccept, chooseMedia } from "../http/media.ts";
import { addGradingSchemas, batchParameters, describeCheck, describeGrading } from "../openapi/grading.ts";
import { run, sendPieces } from "./compute.ts";
import { linesHandler } from "./lines.ts";

/** Claims against right answers: one by one, and in batches. */
export function gradingRoutes(app: FastifyInstance, config: Config, lifecycle: Lifecycle, logger: Logger): void {
  addGradingSchemas(app);
  const asked = (job: GradingJob) => ({
    onRequest: async (request: FastifyRequest) => admit(request, job, config, lifecycle),
    handler: (request: FastifyRequest, reply: FastifyReply) => answer(request, reply, job, config, lifecycle),
  });
  for (const loss of losses) {
    for (const name of [loss.name, ...loss.aliases]) {
      const job = { loss: loss.name, format: "check" } as const;
      app.post(`/v1/losses/${name}/check`, { ...describeCheck(loss, name !== loss.name), ...asked(job) });
    }
  }
  app.post("/v1/grade", { ...describeGrading("grade"), ...asked({ loss: "", format: "grade" }) });
  app.post("/v1/cases", { ...describeGrading("cases"), ...asked({ loss: "", format: "cases" }) });
  const answerLines = linesHandler(config, lifecycle, logger);
  app.post("/v1/grade/batch", {
    ...describeGrading("grade_batch"),
    onRequest: async (request) => admitBatch(request, lifecycle),
    handler: (request, reply) => answerLines(request, reply, grading()),
  });
  const mistakes = catalogue();
  const onRequest = (request: FastifyRequest, _reply: unknown, done: HookHandlerDoneFunction) => {
    checkAccept(request.headers);
    done();
  };
  app.get("/v1/mistakes", { ...describeGrading("mistakes"), onRequest }, () => mistakes);
}

type GradingJob = Extract<JobHead, { readonly format: "check" | "grade" | "cases" }>;

/** Admits or refuses by the headers alone. */
function admit(request: FastifyRequest, { loss }: GradingJob, config: Config, lifecycle: Lifecycle): void {
  const { record, raw, headers } = request;
  if (loss !== "") record.loss = loss;
  const media = ["application/json"] as const;
  record.takes = media;
  const pool = openPool(lifecycle);
  bodyMedia(headers, media);
  checkAccept(headers);
  record.reservation = reserve(pool, bytesToReserve(raw, config.BODY_BYTES_MAX), config);
}

/** Refuses a batch by its headers and its query. Bundles of lines take their places in the pool one by one. */
function admitBatch({ record, headers, raw }: FastifyRequest, lifecycle: Lifecycle): void {
  const media = ["application/x-ndjson"] as const;
  record.takes = media;
  openPool(lifecycle);
  bodyMedia(headers, media);
  chooseMedia(headers, media);
  const query = readQuery(queryOf(raw.url!), batchParameters);
  record.linesQuery = { options: {}, summaryOnly: query.get("summary_only") === true };
}

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  job: GradingJob,
  config: Config,
  lifecycle: Lifecycle,
): Promise<FastifyReply> {
  const { record } = request;
  const reservation = record.reservation!;
  try {
    const pieces = settle(record, await run(request, reply, reservation, job, config));
    reply.header("content-type", "application/json; charset=utf-8").header("cache-control", "no-store");
    return sendPieces(reply, pieces, lifecycle);
  } finally {
    reservation.cancel();
  }
}
