// One JSON document a line: first the versions, then an answer to each question.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(import.meta.url);

/** The version that is installed of each package. */
export function versions(...names) {
  const read = (name) => require(`${name}/package.json`).version;
  return Object.fromEntries(names.map((name) => [name, read(name)]));
}

const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

/** Answers questions in their order until standard input ends. */
export async function serve(hello, answer) {
  // Peers may print; standard output belongs to the answers.
  console.log = console.info = console.warn = (...words) => process.stderr.write(`${words.join(" ")}\n`);
  say(hello);
  for await (const line of createInterface({ input: process.stdin })) {
    try {
      say({ answer: await answer(JSON.parse(line)) });
    } catch (error) {
      say({ error: String(error?.stack ?? error) });
    }
  }
}
