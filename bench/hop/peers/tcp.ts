/** What Node can do at most in the middle: bytes from one socket to another, neither read nor understood. */
import { connect, createServer, type Socket } from "node:net";
import { backendOf, exitOnTerm, listening } from "./place.ts";

function pass(from: Socket, to: Socket): void {
  from.on("data", (bytes) => to.write(bytes));
  from.on("error", () => {});
  from.once("close", () => to.destroy());
}

exitOnTerm();
listening(
  createServer({ noDelay: true }, (client) => {
    const backend = connect({ ...backendOf("/"), noDelay: true });
    pass(client, backend);
    pass(backend, client);
  }),
);
