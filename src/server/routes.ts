// What the service serves beside its health: a new route, or a group of them, is a line here. They
// are registered by the alphabet of these names, and the OpenAPI document has that order.
export { catalogueRoutes as catalogue } from "./routes/catalogue.ts";
export { computeRoutes as compute } from "./routes/compute.ts";
export { curveRoutes as curve } from "./routes/curve.ts";
export { gradingRoutes as grading } from "./routes/grading.ts";
export { metricsRoutes as metrics } from "./routes/metrics.ts";
export { v2Routes as v2 } from "./routes/v2.ts";
export { v2InferRoutes as v2_infer } from "./routes/v2_infer.ts";
export { v2StatisticsRoutes as v2_statistics } from "./routes/v2_statistics.ts";
