import type { IncomingHttpHeaders } from "node:http";
import { Problem } from "../../problems.ts";
import { bodyFormats } from "../../service/formats.ts";
import { contentCoding } from "./codings.ts";

/**
 * The media type of a body that is UTF-8 text in one of these, plain or compressed. Throws a Problem
 * (unsupported_media_type) for any other: guessing could compute something else than was meant.
 */
export function bodyMedia<Media extends string>(headers: IncomingHttpHeaders, taken: readonly Media[]): Media {
  const type = headers["content-type"];
  const send = `send ${taken.join(" or ")}`;
  const exact = taken.find((one) => one === type);
  if (exact !== undefined && headers["content-encoding"] === undefined) return exact;
  if (type === undefined) throw new Problem("unsupported_media_type", `content-type is missing: ${send}`);
  const [name, ...parameters] = type.split(";").map((item) => item.trim().toLowerCase());
  const media = taken.find((one) => one === name);
  if (media === undefined) {
    throw new Problem("unsupported_media_type", `content-type is ${JSON.stringify(type)}: ${send}`);
  }
  const charset = parameters.find((parameter) => parameter.startsWith("charset="))?.slice("charset=".length);
  if (charset !== undefined && charset !== "utf-8" && charset !== '"utf-8"') {
    throw new Problem("unsupported_media_type", `charset is ${JSON.stringify(charset)}: JSON is sent as utf-8`);
  }
  contentCoding(headers);
  return media;
}

/** What a computation is asked in: the last is a stream of JSON bodies. */
export const computeMedia = [...bodyFormats.map(({ media }) => media.type), "application/x-ndjson"];

/** Refuses a request whose Accept header leaves no way to answer in JSON. */
export function checkAccept(headers: IncomingHttpHeaders): void {
  chooseMedia(headers, ["application/json"]);
}

/** The media type that the Accept header likes best; of equals the first offered. Throws a Problem (not_acceptable). */
export function chooseMedia<Media extends string>(
  { accept }: IncomingHttpHeaders,
  offered: readonly [Media, ...Media[]],
): Media {
  if (accept === undefined || accept === "*/*" || accept.trim() === "") return offered[0];
  const ranges = readAccept(accept);
  let [best, quality]: [Media | undefined, number] = [undefined, 0];
  for (const media of offered) {
    const own = qualityOf(media, ranges);
    if (own > quality) [best, quality] = [media, own];
  }
  if (best !== undefined) return best;
  throw new Problem("not_acceptable", `accept is ${JSON.stringify(accept)}: the reply is ${offered.join(" or ")}`);
}

function readAccept(accept: string): ReadonlyMap<string, number> {
  const qualities = new Map<string, number>();
  for (const entry of accept.toLowerCase().split(",")) {
    const [range = "", ...parameters] = entry.split(";").map((item) => item.trim());
    const quality = parameters.find((parameter) => parameter.startsWith("q="));
    qualities.set(range, quality === undefined ? 1 : Number(quality.slice(2)));
  }
  return qualities;
}

/** The most specific range that covers the type decides, and a quality of 0 says no (RFC 9110, 12.5.1). */
function qualityOf(media: string, qualities: ReadonlyMap<string, number>): number {
  const decisive = [media, media.replace(/\/.*/, "/*"), "*/*"].find((range) => qualities.has(range));
  return decisive === undefined ? 0 : qualities.get(decisive)!;
}
