import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { Identity } from "../../example/identity.ts";

const USER = "4a2d5d5c-58c4-4d0b-9c4f-3c9f6a2f2d11";
const identity = new Identity("0123456789abcdef");

test("a signed id is accepted by every slot with the same key", () => {
  const value = identity.sign(USER);
  assert.equal(value, `${USER}.hps-i_2pzxXhzXvgj1GnfOzOCQENok3XklErZwPH_2M`);
  assert.equal(new Identity("0123456789abcdef").verify(value), USER);
});

test("anything else is refused", () => {
  const signed = identity.sign(USER);
  const forged = [
    "",
    ".",
    USER,
    `${USER}.`,
    signed.replace("4a", "4b"),
    signed.slice(0, -2),
    new Identity("fedcba9876543210").sign(USER),
  ];
  for (const value of forged) assert.equal(identity.verify(value), undefined, value);
});

test("a newcomer gets the cookie once, marked Secure behind TLS", async (context) => {
  const server = createServer((request, response) => {
    response.end(
      identity.ensureUser({ request, response, url: new URL("http://app/"), params: {} }),
    );
  }).listen(0, "127.0.0.1");
  context.after(() => server.close());
  await once(server, "listening");
  const ask = (headers: Record<string, string>) =>
    fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { headers });

  const first = await ask({ "X-Forwarded-Proto": "https", Cookie: "theme=dark" });
  const [cookie = ""] = first.headers.getSetCookie();
  const userId = await first.text();
  assert.match(cookie, /; Path=\/; Max-Age=31536000; HttpOnly; SameSite=Lax; Secure$/);

  const again = await ask({ Cookie: `theme=dark; ${cookie.split(";")[0]}` });
  assert.deepEqual(again.headers.getSetCookie(), []);
  assert.equal(await again.text(), userId);

  const plain = await ask({ Cookie: "chat_user=forged.forged" });
  assert.match(plain.headers.getSetCookie()[0] ?? "", /SameSite=Lax$/);
});
