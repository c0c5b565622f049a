// What Node's HTTP and Fastify's routing cost when nothing is computed. Gives back the body that it got.
import Fastify from "fastify";

const app = Fastify({ bodyLimit: 2 ** 30 });
app.removeAllContentTypeParsers();
app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
app.post("/", (request, reply) => {
  reply.header("content-type", request.headers["content-type"]).send(request.body);
});
await app.listen({ port: Number(process.env.PORT), host: "127.0.0.1" });
