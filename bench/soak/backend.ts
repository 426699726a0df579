import http from "node:http";

const LARGE = Buffer.alloc(64 * 1024, "x");

/** What the backend does with a request is the first part of its path. */
const DEEDS: Readonly<Record<string, http.RequestListener>> = {
  answer: (_request, response) => response.end("fine"),
  echo: (request, response) => request.pipe(response),
  large: (_request, response) => response.end(LARGE),
  endless: (_request, response) => {
    const fill = () => {
      while (response.write(LARGE));
    };
    response.on("drain", fill);
    fill();
  },
  events: (_request, response) => {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.write("data: 1\n\n");
    const timer = setInterval(() => response.write("data: 2\n\n"), 10);
    response.once("close", () => clearInterval(timer));
  },
  reset: (request) => request.socket.resetAndDestroy(),
  broken: (_request, response) => {
    response.writeHead(200, { "Content-Length": 1_000 });
    response.write("begun", () => response.destroy());
  },
  garbage: (request) => request.socket.end("HTTP/1.1 2oo What\r\n\r\n"),
  early: (_request, response) => response.end("enough"),
  late: (_request, response) => setTimeout(() => response.end("late"), 20),
};

/** A backend that does well and badly what it is asked for. */
export function soakBackend(): http.Server {
  const server = http.createServer((request, response) => {
    response.on("error", () => {});
    const deed = DEEDS[request.url?.split("/")[1] ?? ""];
    if (deed === undefined) response.writeHead(404).end();
    else deed(request, response);
  });
  server.on("clientError", (_error, socket) => socket.destroy());
  return server;
}
