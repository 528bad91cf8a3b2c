// The driver by itself: the engines' parties keep house among themselves.
//
//   QUORATE_ENGINE=DIR node --test engine.test.mjs

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createPublicKey, verify } from "node:crypto";
import { createInterface } from "node:readline";
import { after, describe, test } from "node:test";
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

const NAMES = ["alice", "bobby", "carol"];
const MESSAGE = "ab".repeat(32);
const CHAIN_CODE = "cd".repeat(32);

const each = async (names, make) => {
  const made = {};
  for (const [i, name] of names.entries()) made[name] = await make(name, i);
  return made;
};

// Carries messages until nobody has any left, in an order in which nobody hears an answer before the question.
async function settle(handles) {
  for (let moved = true; moved; ) {
    moved = false;
    for (const handle of Object.values(handles)) {
      for (const { to, message } of (await must({ op: "output", handle })).messages) {
        moved = true;
        for (const name of to) await must({ op: "input", handle: handles[name], message });
      }
    }
  }
  return each(Object.keys(handles), (name) => must({ op: "finish", handle: handles[name] }));
}

const run = async (names, request) =>
  settle(await each(names, async (name, i) => (await must({ name, ...(await request(name, i)) })).handle));

for (const curve of ["ecdsa", "eddsa"]) {
  // Numbers are big-endian on one curve and little-endian on the other.
  const scalar = (n) => {
    const text = n.toString(16).padStart(64, "0");
    return curve === "ecdsa" ? text : Buffer.from(text, "hex").reverse().toString("hex");
  };
  const info = ({ share }) => must({ op: "share_info", curve, share });
  const key = async (share) => (await info(share)).public_key;

  const keygen = async (names, threshold) => {
    const { setup } = await must({ op: "dkg_setup", curve, names, threshold });
    return run(names, () => ({ op: "dkg", curve, setup }));
  };

  const sign = async (shares, names, path = "m/44/60/0/0/0") => {
    const { key_id, public_key } = await info(shares[names[0]]);
    const { setup } = await must({ op: "sign_setup", curve, key_id, path, message: MESSAGE, names });
    const signatures = await run(names, (name) => ({ op: "sign", curve, setup, share: shares[name].share }));
    check(signatures, public_key);
  };

  const check = (signatures, public_key) => {
    const distinct = new Set(Object.values(signatures).map(({ signature }) => signature));
    assert.equal(distinct.size, 1, "every signer ends with the same signature");
    const signature = Buffer.from([...distinct][0], "hex");
    assert.equal(signature.length, curve === "ecdsa" ? 65 : 64);
    if (curve === "eddsa") assert.ok(verifies(public_key, signature), "the signature verifies");
  };

  const verifies = (public_key, signature) => {
    const x = Buffer.from(public_key, "hex").toString("base64url");
    const jwk = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
    return verify(null, Buffer.from(MESSAGE, "hex"), jwk, signature);
  };

  describe(curve, () => {
    test("three generate a key and any two of them sign with it", async () => {
      const shares = await keygen(NAMES, 2);
      await sign(shares, ["bobby", "alice"]);
      await sign(shares, ["carol", "alice"], "m");
    });

    test("two become three, one of the two leaves, and the key stays", async () => {
      const before = await keygen(["alice", "bobby"], 2);
      const names = ["alice", "david", "bobby", "carol"];
      const change = { share: before.alice.share, names, old: [0, 2], threshold: 2, new: [3, 0, 1] };
      const { setup } = await must({ op: "qc_setup", curve, ...change });
      const after = await run(names, (name) => ({ op: "qc", curve, setup, share: before[name]?.share ?? null }));
      assert.deepEqual(after.bobby, {}, "the leaving party gets no share");
      assert.equal(await key(after.carol), await key(before.alice));
      await sign(after, ["david", "carol"]);
    });

    test("a refresh replaces the shares and keeps the key", async () => {
      const before = await keygen(NAMES, 2);
      const { key_id } = await info(before.alice);
      const { setup } = await must({ op: "dkg_setup", curve, names: NAMES, threshold: 2, key_id });
      const after = await run(NAMES, (name) => ({ op: "refresh", curve, setup, share: before[name].share }));
      assert.deepEqual({ ...(await info(after.bobby)), share: "" }, { ...(await info(before.alice)), share: "" });
      assert.notEqual(after.alice.share, before.alice.share);
      await sign(after, ["carol", "bobby"]);
    });

    test("what adds up to a key becomes shares of it", async () => {
      // The key of 1 + 2 + 4 by another way: an import of 7.
      const imported = await importKey(7);
      const public_key = await key(imported.alice);
      const { setup } = await must({ op: "dkg_setup", curve, names: NAMES, threshold: 2 });
      const given = { public_key, chain_code: CHAIN_CODE };
      const shares = await run(NAMES, (_, i) => ({ op: "migrate", curve, setup, secret: scalar(1 << i), ...given }));
      assert.equal(await key(shares.carol), public_key);
      await sign(shares, ["alice", "carol"]);
    });

    test("a key that is imported is the one that is exported", async () => {
      const shares = await importKey(1234567);
      await sign(shares, ["bobby", "carol"]);
      const names = ["carol", "alice", "bobby"];
      const receiver = await must({ op: "export_key", curve, share: shares.carol.share, names });
      const { setup } = receiver;
      const handles = await each(names.slice(1), async (name) =>
        (await must({ op: "export", curve, setup, name, share: shares[name].share })).handle);
      const { carol, alice } = await settle({ carol: receiver.handle, ...handles });
      assert.equal(carol.private_key, scalar(1234567));
      assert.deepEqual(alice, {}, "an exporter is left with nothing");
    });

    const importKey = async (number) => {
      const given = { private_key: scalar(number), chain_code: CHAIN_CODE, threshold: 2, names: NAMES };
      const { handle, setup } = await must({ op: "import_key", curve, ...given });
      const handles = await each(NAMES.slice(1), async (name) =>
        (await must({ op: "import", curve, setup, name })).handle);
      return settle({ alice: handle, ...handles });
    };

    if (curve === "ecdsa") {
      test("a presignature is finished once there is something to sign", async () => {
        const shares = await keygen(NAMES, 2);
        const { key_id } = await info(shares.alice);
        const names = ["carol", "alice"];
        const presign = await must({ op: "sign_setup", curve, key_id, path: "m/0/1", names });
        const ready = await run(names, (name) => ({ op: "presign", curve, ...presign, share: shares[name].share }));
        const session_id = ready.alice.presignature.slice(0, 64);
        const order = ["alice", "carol"];
        const { setup } = await must({ op: "fsg_setup", curve, session_id, hash: MESSAGE, names: order });
        check(await run(order, (name) => ({ op: "fsg", curve, setup, ...ready[name] })));
      });
    }

    test("what cannot be is an error and not the end", async () => {
      assert.match((await ask({ op: "dkg", curve, setup: "00", name: "alice" })).error, /./);
      await must({ op: "dkg_setup", curve, names: ["alice", "bobby"], threshold: 2 });
    });
  });
}

test("only what is there can be asked for", async () => {
  assert.match((await ask({ op: "constructor", curve: "ecdsa" })).error, /no operation/);
  assert.match((await ask({ op: "fsg", curve: "eddsa" })).error, /no operation/);
  assert.match((await ask({ op: "dkg", curve: "constructor" })).error, /no curve/);
  assert.match((await ask({ op: "output", handle: 0 })).error, /no session/);
});
