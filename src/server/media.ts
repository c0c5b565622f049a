import type { IncomingHttpHeaders } from "node:http";
import { Problem } from "../problems.ts";
import { contentCoding } from "./content_coding.ts";

/** Refuses a body that is anything but UTF-8 JSON, plain or compressed: guessing could compute something else than was meant. */
export function checkMediaType(headers: IncomingHttpHeaders): void {
  const type = headers["content-type"];
  if (type === undefined) throw new Problem("unsupported_media_type", "content-type is missing: send application/json");
  const [media, ...parameters] = type.split(";").map((part) => part.trim().toLowerCase());
  if (media !== "application/json") {
    throw new Problem("unsupported_media_type", `content-type is ${JSON.stringify(type)}: send application/json`);
  }
  const charset = parameters.find((parameter) => parameter.startsWith("charset="))?.slice("charset=".length);
  if (charset !== undefined && charset !== "utf-8" && charset !== '"utf-8"') {
    throw new Problem("unsupported_media_type", `charset is ${JSON.stringify(charset)}: JSON is sent as utf-8`);
  }
  contentCoding(headers);
}

/** Refuses a request whose Accept header leaves no way to answer in JSON. */
export function checkAccept(headers: IncomingHttpHeaders): void {
  chooseMedia(headers, ["application/json"]);
}

/** The media type that the Accept header likes best; of equals the first offered. Throws a Problem (not_acceptable). */
export function chooseMedia<Media extends string>(
  { accept }: IncomingHttpHeaders,
  offered: readonly [Media, ...Media[]],
): Media {
  if (accept === undefined || accept.trim() === "") return offered[0];
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
    const [range = "", ...parameters] = entry.split(";").map((part) => part.trim());
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
