// The driver by itself: the engine's parties keep house among themselves.
//
//   QUORATE_ENGINE=DIR node --test engine.test.mjs

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const directory = process.env.QUORATE_ENGINE ?? fileURLToPath(new URL("cache", import.meta.url));
const driver = spawn(process.execPath, [fileURLToPath(new URL("engine.mjs", import.meta.url)), directory], {
  stdio: ["pipe", "pipe", "inherit"],
});
const replies = createInterface({ input: driver.stdout })[Symbol.asyncIterator]();
after(() => driver.stdin.end());

async function ask(request) {
  driver.stdin.write(`${JSON.stringify(request)}\n`);
  return JSON.parse((await replies.next()).value);
}

async function must(request) {
  const reply = await ask(request);
  assert.equal(reply.error, undefined, `${request.op}: ${reply.error}`);
  return reply;
}

async function run(open) {
  const handles = {};
  for (const [name, request] of Object.entries(open)) handles[name] = (await must({ name, ...request })).handle;
  for (let moved = true; moved; ) {
    moved = false;
    for (const handle of Object.values(handles)) {
      for (const { to, message } of (await must({ op: "output", handle })).messages) {
        moved = true;
        for (const name of to) await must({ op: "input", handle: handles[name], message });
      }
    }
  }
  const results = {};
  for (const [name, handle] of Object.entries(handles)) results[name] = await must({ op: "finish", handle });
  return results;
}

const each = (names, request) => Object.fromEntries(names.map((name, i) => [name, request(name, i)]));

async function keygen(names, threshold) {
  const { setup } = await must({ op: "dkg_setup", names, threshold });
  return run(each(names, () => ({ op: "dkg", setup })));
}

async function sign(shares, names, path = "m/44/60/0/0/0") {
  const { key_id } = await must({ op: "share_info", share: shares[names[0]].share });
  const { setup } = await must({ op: "sign_setup", key_id, path, hash: "ab".repeat(32), names });
  const signatures = await run(each(names, (name) => ({ op: "sign", setup, share: shares[name].share })));
  const distinct = new Set(Object.values(signatures).map(({ signature }) => signature));
  assert.equal(distinct.size, 1, "every signer ends with the same signature");
  assert.equal([...distinct][0].length, 130);
}

test("three generate a key and any two of them sign with it", async () => {
  const shares = await keygen(["alice", "bobby", "carol"], 2);
  await sign(shares, ["bobby", "alice"]);
  await sign(shares, ["carol", "alice"], "m");
});

test("two become three, one of the two leaves, and the key stays", async () => {
  const before = await keygen(["alice", "bobby"], 2);
  const names = ["alice", "david", "bobby", "carol"];
  const { setup } = await must({ op: "qc_setup", share: before.alice.share, names, old: [0, 2], threshold: 2, new: [3, 0, 1] });
  const after = await run(each(names, (name) => ({ op: "qc", setup, share: before[name]?.share ?? null })));
  assert.deepEqual(after.bobby, {}, "the leaving party gets no share");
  const key = async ({ share }) => (await must({ op: "share_info", share })).public_key;
  assert.equal(await key(after.carol), await key(before.alice));
  await sign(after, ["david", "carol"]);
});

test("what cannot be is an error and not the end", async () => {
  assert.match((await ask({ op: "dkg", setup: "00", name: "alice" })).error, /./);
  assert.match((await ask({ op: "constructor" })).error, /no operation/);
  await must({ op: "dkg_setup", names: ["alice", "bobby"], threshold: 2 });
});
