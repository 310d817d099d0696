// The HTTP Observatory's own scan. Its connections to port 443 go to the port that the question names; port 80 is closed.
import { existsSync, writeFileSync } from "node:fs";
import { ClientRequest } from "node:http";
import { createRequire } from "node:module";
import { Socket } from "node:net";
import { dirname, join } from "node:path";
import { serve, versions } from "./serve.mjs";

const NAME = "@mdn/mdn-http-observatory";
const folder = dirname(createRequire(import.meta.url).resolve(`${NAME}/package.json`));
// What its installation would fetch from elsewhere: without a preload list nothing is preloaded, as in the hub.
for (const [file, empty] of [["hsts-preload.json", "{}"], ["tld-list.json", "[]"]]) {
  const path = join(folder, "conf", file);
  if (!existsSync(path)) writeFileSync(path, empty);
}

// Its rule on origins that are let in with credentials reads the sent Origin from `request.headers`. Node's requests have no such
// property, so that over the network the rule would never apply.
Object.defineProperty(ClientRequest.prototype, "headers", {
  get() {
    return this.getHeaders();
  },
});

let port = 0;
const connect = Socket.prototype.connect;
Socket.prototype.connect = function (...words) {
  const options = Array.isArray(words[0]) ? words[0][0] : words[0];
  if (options && typeof options === "object" && "port" in options) {
    // Port 1 of loopback has no listener, so that plain HTTP is refused.
    Object.assign(options, { host: "127.0.0.1", port: Number(options.port) === 443 ? port : 1 });
  }
  return connect.apply(this, words);
};

const { scan } = await import(`${NAME}/src/scanner/index.js`);

async function judge(question) {
  port = question.port;
  const { scan: result, tests } = await scan(question.host);
  const results = Object.fromEntries(Object.values(tests).map((test) => [test.name ?? test.constructor.name, test.result]));
  return { score: result.score, grade: result.grade, algorithm: result.algorithmVersion, tests: results };
}

await serve(versions(NAME), judge);
