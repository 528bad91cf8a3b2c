// What live tests have in common: a relay of ours, processes of ours as devices, and the SDK with the production engines.
//
// QUORATE names our program, QUORATE_SDK the folder with the SDK's package and what it imports: `cargo xtask test` provides
// both. Every process of ours is a device of its own, and nobody but the relay is called.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { load } from "./sdk/sdk.mjs";

const { QUORATE: PROGRAM, QUORATE_SDK: FOLDER } = process.env;
// A folder for this run.
export const scratch = mkdtempSync(join(tmpdir(), "quorate-live-"));
// Once `open` has ended.
export let relay, sdk;

// The SDK tells everything it does.
for (const word of ["log", "info", "debug", "warn", "error"]) console[word] = () => {};

// Before everything else. `nodes`: chains' nodes that may be called as well.
export async function open(...nodes) {
  const served = new Process(["relay", "--listen", "127.0.0.1:0"]);
  relay = { process: served, url: (await served.event("listening")).url };
  sdk = await load(FOLDER, relay.url, nodes);
}

export function close() {
  relay?.process.child.kill();
  rmSync(scratch, { recursive: true });
}

// A process of ours: its events as they come, and its end.
export class Process {
  events = [];
  #waiting = [];

  constructor(words) {
    const env = { PATH: process.env.PATH, QUORATE_PASSPHRASE: "correct horse battery staple" };
    this.child = spawn(PROGRAM, [...words, "--json"], { env, stdio: ["ignore", "pipe", "pipe"] });
    this.complaints = "";
    this.child.stderr.on("data", (text) => (this.complaints += text));
    const lines = createInterface({ input: this.child.stdout });
    lines.on("line", (line) => {
      this.events.push(JSON.parse(line));
      for (const look of this.#waiting) look();
    });
    this.over = Promise.all([
      new Promise((end) => lines.on("close", end)),
      new Promise((end) => this.child.on("close", end)),
    ]).then(([, code]) => {
      this.code = code;
      for (const look of this.#waiting) look();
      return this;
    });
  }

  // The first event of this name.
  event(name) {
    return new Promise((found, lost) => {
      const look = () => {
        const event = this.events.find((event) => event.event === name);
        if (event) found(event);
        else if (this.code !== undefined) lost(new Error(`no ${name}: ${this.told()}`));
      };
      this.#waiting.push(look);
      look();
    });
  }

  told = () => `exit ${this.code}: ${JSON.stringify(this.events.slice(-3))} ${this.complaints}`;

  async succeeded() {
    await this.over;
    assert.equal(this.code, 0, this.told());
    return this;
  }
}

// A device of ours, with a home of its own.
export class Ours {
  constructor(name) {
    this.name = name;
    this.home = mkdtempSync(join(scratch, `${name}-`));
  }

  // The same device, as it is now.
  copy() {
    const copy = new Ours(this.name);
    cpSync(this.home, copy.home, { recursive: true });
    return copy;
  }

  start = (...words) => new Process([...words, "--yes", "--device", this.name, "--home", this.home, "--relay", relay.url]);
  join = (link, ...told) => this.start("join", link, ...told).succeeded();

  // Starts a ceremony that others join by its link. Its processes' end, and what `others` made of it.
  async meet(words, others) {
    const process = this.start(...words);
    const { link } = await process.event("link");
    const [ended, ...rest] = await Promise.all([process.succeeded(), ...others(link)]);
    return { ended, rest };
  }

  show = async () => (await this.start("vault", "show", "Ours").succeeded()).events[0].data;
  address = async (chain) => (await this.start("address", "Ours", chain).succeeded()).events[0].data.addresses[0].address;
}

// What a callback is called with, as a promise.
export function told() {
  let tell;
  const promise = new Promise((resolve) => (tell = resolve));
  return { tell, promise };
}

// A phone starts something; the others follow its link.
export async function hosted(start, others) {
  const { tell, promise } = told();
  const started = start(tell);
  return Promise.all([started, ...others(await Promise.race([promise, started.then(() => promise)]))]);
}

// What one of our processes has signed.
export const signature = (process) => process.events.find(({ event }) => event === "signature");
