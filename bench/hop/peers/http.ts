/** The smallest proxy that node:http allows: a server, `http.request` and a pipe, no backpressure of requests, no errors told. */
import { Agent, createServer, request } from "node:http";
import { backendOf, exitOnTerm, listening } from "./place.ts";

const agent = new Agent({ keepAlive: true });

exitOnTerm();
listening(
  createServer(({ method, url, rawHeaders }, response) => {
    const order = { agent, method, path: url, headers: rawHeaders, ...backendOf(url) };
    request(order, (incoming) => {
      response.writeHead(incoming.statusCode ?? 0, incoming.rawHeaders);
      response.flushHeaders();
      incoming.pipe(response);
    })
      .on("error", () => response.destroy())
      .end();
  }),
);
