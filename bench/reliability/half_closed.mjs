// Clients that send a whole request and say that no more will come, as `nc -N` does, are still there to read.
import { crossEntropy, large, small } from "./bodies.mjs";
import { askOnce, Client, makePost, makeRequest } from "./client.mjs";
import { always, atMost } from "./promises.mjs";

const bodyBytesMax = 64 * 2 ** 20;
const amount = 100;
const atOnce = 4;

/** How many of the requests are answered by a whole 200. */
async function countAnswered(port, request) {
  let left = amount;
  let answered = 0;
  const client = async () => {
    while (left-- > 0) {
      const { status } = await askOnce(port, request, { halfClose: true, timeoutMs: 10_000, keepBodies: false });
      if (status === 200) answered++;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, client));
  return answered;
}

/** Seconds to the refusal of a body that is announced as a byte too large, of which nothing is sent. */
async function timeRefusal(port) {
  const headers = { "content-type": "application/json", "content-length": bodyBytesMax + 1 };
  const client = new Client(port);
  const { status, ms } = await client.ask(makeRequest("POST", crossEntropy, headers), { timeoutMs: 40_000 });
  client.close();
  return status === 413 ? ms / 1000 : Number.POSITIVE_INFINITY;
}

export function checkHalfClosed() {
  return {
    title: "Half-closed clients, and bodies that are a byte too large",
    how: `Each request is sent whole and followed by the end of the sending side, ${atOnce} at a time. Then a body of BODY_BYTES_MAX + 1 is announced, and none of it sent.`,
    figures: {
      curves: { what: `curves answered 200, of ${amount}`, promise: always(amount) },
      inPlace: { what: `32×10 posts answered 200, of ${amount}`, promise: always(amount) },
      large: { what: `1.9 MB posts answered 200, of ${amount}`, promise: always(amount) },
      refusal: { what: "413 for one byte too many after, s", promise: atMost(0.5) },
    },
    async measure({ start }) {
      const { port } = await start({});
      const curve = makeRequest("GET", "/v1/losses/focal/curve?from=-4&to=4&gamma=5&label=1");
      return {
        curves: await countAnswered(port, curve),
        inPlace: await countAnswered(port, makePost(crossEntropy, small())),
        large: await countAnswered(port, makePost(crossEntropy, large())),
        refusal: await timeRefusal(port),
      };
    },
  };
}
