// The floor: what Node's HTTP costs when nothing is computed. Gives back the body that it got.
import { createServer } from "node:http";

const server = createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => response.end(Buffer.concat(chunks)));
});
server.listen(Number(process.env.PORT), "127.0.0.1");
