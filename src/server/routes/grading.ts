import type { FastifyInstance, FastifyRequest, HookHandlerDoneFunction } from "fastify";
import { catalogue } from "../../grading/requests.ts";
import { losses } from "../../losses/registry.ts";
import { queryOf, readQuery } from "../../request/query.ts";
import type { JobHead } from "../../service/formats.ts";
import type { Lifecycle } from "../../service/lifecycle.ts";
import { grading } from "../../service/stream/grading.ts";
import { type Corridor, exchanging, openPool } from "../exchange.ts";
import { bodyMedia, checkAccept, chooseMedia } from "../http/media.ts";
import {
  addGradingSchemas,
  addVerdictSchema,
  batchParameters,
  describeCheck,
  describeGrading,
} from "../openapi/grading.ts";
import { asText, type Operation } from "../operation.ts";
import { linesHandler } from "./lines.ts";

/** Claims against right answers: one by one, and in batches. */
export function gradingRoutes(app: FastifyInstance, corridor: Corridor): void {
  addGradingSchemas(app);
  addChecks(app, corridor, "check");
  for (const format of ["grade", "cases"] as const) {
    app.post(`/v1/${format}`, {
      ...describeGrading(format),
      ...exchanging(corridor, gradingOne({ format, loss: "" })),
    });
  }
  const answerLines = linesHandler(corridor);
  app.post("/v1/grade/batch", {
    ...describeGrading("grade_batch"),
    config: { computes: true },
    onRequest: (request, _reply, done) => {
      admitBatch(request, corridor.lifecycle);
      done();
    },
    handler: (request, reply) => answerLines(request, reply, grading()),
  });
  const mistakes = catalogue();
  const onRequest = (request: FastifyRequest, _reply: unknown, done: HookHandlerDoneFunction) => {
    checkAccept(request.headers);
    done();
  };
  app.get("/v1/mistakes", { ...describeGrading("mistakes"), onRequest }, () => mistakes);
}

/** For students: of each check the verdicts, and nothing else of grading. */
export function verdictRoutes(app: FastifyInstance, corridor: Corridor): void {
  addVerdictSchema(app);
  addChecks(app, corridor, "verdict");
}

function addChecks(app: FastifyInstance, corridor: Corridor, format: "check" | "verdict"): void {
  for (const loss of losses) {
    for (const name of [loss.name, ...loss.aliases]) {
      app.post(`/v1/losses/${name}/check`, {
        ...describeCheck(loss, format, name !== loss.name),
        ...exchanging(corridor, gradingOne({ format, loss: loss.name })),
      });
    }
  }
}

/** One request of grading. */
function gradingOne(head: JobHead): Operation {
  return {
    takes: ["application/json"],
    limit: "GRADING_ELEMENTS_MAX",
    gives: ["application/json"],
    prepare({ record }) {
      if (head.loss !== "") record.loss = head.loss;
      // Who may not grade sees no right answers.
      const onlyVerdicts = head.format === "check" && record.key && !record.key.scopes.has("grade");
      return onlyVerdicts ? { ...head, format: "verdict" } : head;
    },
    isCompressible: true,
    describe: asText("application/json"),
  };
}

/** Refuses a batch by its headers and its query. Its lines enter the queue bundle by bundle. */
function admitBatch({ record, headers, raw }: FastifyRequest, lifecycle: Lifecycle): void {
  const media = ["application/x-ndjson"] as const;
  record.takes = media;
  openPool(lifecycle);
  bodyMedia(headers, media);
  chooseMedia(headers, media);
  const query = readQuery(queryOf(raw.url!), batchParameters);
  record.linesQuery = { options: {}, summaryOnly: query.get("summary_only") === true };
}
