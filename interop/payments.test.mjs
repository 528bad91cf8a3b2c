// The phones' side of a payment by itself: what they read in the field's payloads, and sign for them.
//
//   QUORATE_SDK=DIR node --test payments.test.mjs

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, test } from "node:test";

import { encode, reader } from "./sdk/link.mjs";
import { Payments, read, write } from "./sdk/payments.mjs";

const require = createRequire(join(process.env.QUORATE_SDK, "package", "dist", "index.node.esm.js"));
const { initWasm, TW } = require("@trustwallet/wallet-core");
const payments = new Payments(await initWasm(), TW);
const { cases } = JSON.parse(readFileSync(new URL("../vectors/app/signings/evm.json", import.meta.url)));

const md5 = (text) => createHash("md5").update(text).digest("hex");

describe("a phone's payments", () => {
  for (const { name, payload, message_ids, transactions } of cases) {
    test(name, () => {
      const asked = read(reader(Buffer.from(payload, "hex")));
      assert.deepEqual(read(reader(encode(write(asked)))), asked, "what is read is written again");

      const made = payments.transactions(asked);
      assert.deepEqual(made.map(({ hash }) => hash).sort().map(md5), message_ids);
      if (!transactions) return;
      const key = asked.coin.hex_public_key;
      assert.equal(payments.address(key), asked.coin.address);
      const raw = made.map((one, index) => payments.assemble(one, transactions[index].signature, key));
      assert.deepEqual(raw, transactions.map((transaction) => transaction.raw));
    });
  }
});
