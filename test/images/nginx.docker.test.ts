import assert from "node:assert/strict";
import { test } from "node:test";
import { ensureImages } from "../../cli/images/build.ts";
import { terminalReport } from "../../cli/report.ts";
import { siteImage } from "../../images/application.ts";
import { testImages, testRuntimeImages } from "../support/images.ts";
import { atEnd, docker, eventually, folderWith, startContainer } from "./container.ts";

const TIMEOUT_MS = 300_000;

const CONFIG = `
pid /tmp/nginx.pid;
events {}
http {
  include /etc/nginx/mime.types;
  access_log /dev/stdout;
  client_body_temp_path /tmp/body;
  proxy_temp_path /tmp/proxy;
  fastcgi_temp_path /tmp/fastcgi;
  uwsgi_temp_path /tmp/uwsgi;
  scgi_temp_path /tmp/scgi;
  server {
    listen 8080;
    root /srv/site;
  }
}
`;

test("nginx serves a baked site as an ordinary user, and stops on its signal", {
  timeout: TIMEOUT_MS,
}, async (t) => {
  const { nginx } = await testRuntimeImages();
  const site = await folderWith(t, { "index.html": "<p>afloat</p>" });
  const config = await folderWith(t, { "nginx.conf": CONFIG });
  const image = siteImage({ name: "test-site", directory: site, nginx });
  await ensureImages([image], terminalReport);
  atEnd(t, () => docker("image", "rm", "--force", image.reference));

  const container = await startContainer(
    t,
    [
      "--user=101:101",
      `--volume=${config}/nginx.conf:/etc/plimsoll/nginx.conf:ro`,
      "--publish=127.0.0.1::8080",
    ],
    [image.reference, "nginx", "-c", "/etc/plimsoll/nginx.conf", "-g", "daemon off;"],
  );
  const address = await docker("port", container.id, "8080");
  const answer = await eventually(() => fetch(`http://${address}/`).catch(() => undefined), 30_000);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("content-type"), "text/html");
  assert.equal(await answer.text(), "<p>afloat</p>");
  assert.equal(
    await container.exec(["stat", "-c", "%U %a", "/srv/site", "/srv/site/index.html"]),
    "root 755\nroot 644",
  );
  assert.equal(await container.exec(["id", "-un"]), "nginx");
  // What looks at a renewed certificate runs in this image.
  assert.match((await container.exec(["openssl", "version"])) ?? "", /^OpenSSL 3/);

  await docker("stop", "--time=20", container.id);
  assert.equal(await docker("inspect", "--format", "{{.State.ExitCode}}", container.id), "0");
  assert.match(await container.logs(), /"GET \/ HTTP\/1\.1" 200/);
});

test("the signal with which Docker stops nginx drains it", { timeout: TIMEOUT_MS }, async () => {
  const { nginx } = await testImages();
  assert.equal(
    await docker("image", "inspect", "--format", "{{.Config.StopSignal}}", nginx),
    "SIGQUIT",
  );
});
