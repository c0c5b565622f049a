import type { ReportPaths } from "./reports.ts";

export interface GradeOptions extends ReportPaths {
  readonly failUnder?: number;
  readonly alwaysZero?: boolean;
  readonly quiet?: boolean;
}
