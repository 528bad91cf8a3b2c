// Live ceremonies of our devices, the real SDK, and phones on the production engines, at a relay of ours.
//
//   QUORATE_SDK=DIR QUORATE=PROGRAM node --test sdk.test.mjs

import assert from "node:assert/strict";
import { createPublicKey, verify } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { Ours, Process, close, hosted, open, relay, scratch, sdk, signature, told } from "./devices.mjs";
import { Phone } from "./sdk/phone.mjs";

const PATH = "m/44/60/0/0/0";
const DIGEST = "07".repeat(32);
// How often two phones and two of ours share a vault anew.
const RESHARES = Number(process.env.QUORATE_RESHARES ?? 3);

const device = () => sdk.device();
const create = (own, devices) => (tell) =>
  own.createSecureVault({ name: "Ours", devices, password: "", onQRCodeReady: tell });
const signBytes = (vault, chain) => (tell) =>
  vault.signBytes({ data: Buffer.from(DIGEST, "hex"), chain }, { onQRCodeReady: tell });

// An Ed25519 signature, verified by another implementation than those that made it.
function verifies(publicKey, message, signature) {
  const key = { kty: "OKP", crv: "Ed25519", x: Buffer.from(publicKey, "hex").toString("base64url") };
  return verify(null, message, createPublicKey({ key, format: "jwk" }), Buffer.from(signature, "hex"));
}

before(async () => {
  await open();
  sdk.signAt(PATH);
});

after(close);

// Most of a ceremony is waiting.
describe("live", { concurrency: 3 }, () => {
  for (const devices of [2, 3]) {
    test(`the SDK makes a vault of ${devices} devices with ours, and signs with one of them with either key`, async () => {
      const ours = Array.from({ length: devices - 1 }, (_, index) => new Ours(`ours${index}`));
      const [{ vault }] = await hosted(create(device(), devices), (link) => ours.map((each) => each.join(link)));
      const { ecdsa, eddsa } = vault.publicKeys;
      for (const each of ours) {
        const shown = await each.show();
        assert.deepEqual(
          [shown.public_key_ecdsa, shown.public_key_eddsa, shown.chain_code, shown.state, shown.open],
          [ecdsa, eddsa, vault.hexChainCode, "active", true],
        );
      }
      for (const chain of ["Ethereum", "Bitcoin", "Solana"]) {
        assert.equal(await ours[0].address(chain), await vault.address(chain));
      }

      const cosign = (chain) => (link) => [ours[0].join(link, "--hash", DIGEST, "--chain", chain)];
      const [theirs, mine] = await hosted(signBytes(vault, "Ethereum"), cosign("Ethereum"));
      const { signature: rs, public_key } = signature(mine);
      assert.equal(public_key.length, 66);
      const { summary } = mine.events.find(({ event }) => event === "approve");
      assert.match(summary, /UNKNOWN NAME: sdk-/, "the SDK signs under a name of the day");
      assert.ok(theirs.signature.includes(rs.slice(0, 64).replace(/^(00)+/, "")), "one r for both");

      const [, other] = await hosted(signBytes(vault, "Solana"), cosign("Solana"));
      assert.ok(verifies(eddsa, Buffer.from(DIGEST, "hex"), signature(other).signature));
    });
  }

  test("a link that does not say what is to be signed is refused, unless the person knows", async () => {
    const ours = new Ours("ours");
    const [{ vault }] = await hosted(create(device(), 2), (link) => [ours.join(link)]);
    const stop = new AbortController();
    const { tell, promise } = told();
    const asked = vault.signBytes(
      { data: Buffer.from(DIGEST, "hex"), chain: "Ethereum" },
      { onQRCodeReady: tell, signal: stop.signal },
    );
    const refused = await ours.start("join", await promise).over;
    assert.equal(refused.code, 10, refused.told());
    assert.match(refused.told(), /does not say what is to be signed/);
    stop.abort();
    await assert.rejects(asked);
  });

  test("a backup that the SDK wrote is restored and signs, and one of ours is imported and signs", async () => {
    const secret = join(scratch, "backup-password");
    writeFileSync(secret, "one that only the backup has\n");
    const words = ["keysign", "Ours", "--message", "hello", "--chain"];

    const [ours, restored] = [new Ours("ours"), new Ours("restored")];
    const [{ vault }] = await hosted(create(device(), 2), (link) => [ours.join(link)]);
    const theirs = join(scratch, "theirs.vult");
    writeFileSync(theirs, (await vault.export("one that only the backup has")).data);
    await restored.start("backup", "restore", theirs, "--password-file", secret).succeeded();
    const shown = await restored.show();
    assert.deepEqual([shown.public_key_ecdsa, shown.open], [vault.publicKeys.ecdsa, true]);
    for (const chain of ["Ethereum", "Solana"]) {
      const { ended, rest } = await restored.meet([...words, chain], (link) => [ours.join(link)]);
      assert.equal(signature(rest[0]).signature, signature(ended).signature);
    }

    // And the other way round: of two devices of ours, the SDK takes the place of one.
    const [gone, stays] = [new Ours("gone"), new Ours("stays")];
    await gone.meet(["keygen", "Ours", "--devices", "2", "--open"], (link) => [stays.join(link)]);
    const written = ["backup", "create", "Ours", "--out", join(scratch, "ours.vult"), "--scheme", "v1"];
    const { path } = (await gone.start(...written, "--password-file", secret).succeeded()).events[0].data;
    const imported = await device().importVault(readFileSync(path, "utf8"), "one that only the backup has");
    assert.equal(imported.publicKeys.eddsa, (await stays.show()).public_key_eddsa);
    const { addresses } = (await stays.start("address", "Ours").succeeded()).events[0].data;
    for (const { chain, address } of addresses) {
      if (sdk.chains.has(chain)) assert.equal(await imported.address(chain), address, chain);
    }
    assert.ok(addresses.filter(({ chain }) => sdk.chains.has(chain)).length > 30, "most chains are the SDK's, too");
    for (const chain of ["Ethereum", "Solana"]) {
      const cosign = (link) => [stays.join(link, "--hash", DIGEST, "--chain", chain)];
      const [, mine] = await hosted(signBytes(imported, chain), cosign);
      assert.ok(signature(mine));
    }
  });

  // CEREMONY 7.3. Of a signing, a device sends four messages with the ECDSA key and three with the other.
  for (const [chain, curve, last] of [["Ethereum", "ecdsa", 4], ["Solana", "eddsa", 3]]) {
    test(`a phone's last message that never comes, and its published signature instead, on ${chain}`, async () => {
      const [ours, phone] = [new Ours("ours"), new Phone(sdk, relay.url, "Pixel 9-0f3", { withholds: { [curve]: last } })];
      await ours.meet(["keygen", "Ours", "--devices", "2", "--open"], (link) => [phone.join(link)]);
      const words = ["keysign", "Ours", "--message", "hello", "--chain", chain];
      const { ended, rest } = await ours.meet(words, (link) => [phone.join(link)]);
      assert.equal(rest[0].slice(0, 128), signature(ended).signature);
      assert.equal(phone.withheld, 1);
    });
  }

  // `spec/sealing.md` 3.3, 3.4: phones sort what all their peers sent by its numbers, and lose what they then read too early.
  test("two phones and two of ours share a vault anew, all keys at once, whoever starts, again and again", async () => {
    const [ours, phone] = [new Ours("ours"), new Phone(sdk, relay.url, "Pixel 9-0f3")];
    await ours.meet(["keygen", "Ours", "--devices", "2", "--open", "--batch"], (link) => [phone.join(link)]);
    for (let run = 0; run < RESHARES; run++) {
      // Each time from where the first two were, with two that come new.
      const [stays, second] = [ours.copy(), new Ours("second")];
      const phones = [phone.copy(), new Phone(sdk, relay.url, "iPhone von Zoë-1b2")];
      if (run % 2 === 0) {
        const others = (link) => [...phones, second].map((each) => each.join(link));
        await stays.meet(["reshare", "Ours", "--devices", "4", "--open", "--batch"], others);
      } else {
        const others = (link) => [stays, phones[1], second].map((each) => each.join(link));
        await hosted((tell) => phones[0].reshare({ devices: 4, batch: true }, tell), others);
      }
      const [shown, anew] = [await stays.show(), await second.show()];
      assert.deepEqual([shown.threshold, shown.state, shown.epoch], [3, "active", 2]);
      assert.deepEqual([anew.threshold, anew.state, anew.public_key_eddsa], [3, "active", shown.public_key_eddsa]);
      for (const { vault } of phones) assert.deepEqual(vault.publicKeys, phone.vault.publicKeys);
    }
  });

  // COMMIT 7: until a phone has said that it is done, nothing is in use that it may not have.
  test("a phone that is gone before it says that it is done leaves the vault as it was, and the person decides", async () => {
    const [ours, phone] = [new Ours("ours"), new Phone(sdk, relay.url, "Pixel 9-0f3")];
    await ours.meet(["keygen", "Ours", "--devices", "2", "--open"], (link) => [phone.join(link)]);
    phone.habits = { closes: true };
    const words = ["reshare", "Ours", "--devices", "2", "--open"];
    const reshare = ours.start(...words, "--timeout", "5");
    const { link } = await reshare.event("link");
    const [ended] = await Promise.all([reshare.over, phone.join(link)]);
    assert.equal(ended.code, 6, ended.told());
    assert.match(ended.told(), /Pixel 9-0f3 did not say that it is done.*--resume.*--discard/);
    const [before, after] = (await ours.show()).epochs;
    assert.deepEqual([before.state, after.state, after.open], ["active", "staged", true]);

    const refused = await ours.start(...words).over;
    assert.equal(refused.code, 7, refused.told());
    const unasked = new Process(["reshare", "Ours", "--discard", "--home", ours.home]);
    assert.equal((await unasked.over).code, 12, unasked.told());
    await ours.start("reshare", "Ours", "--discard").succeeded();
    phone.habits = {};
    await ours.meet(["keysign", "Ours", "--message", "hello"], (link) => [phone.join(link)]);
    await ours.meet(words, (link) => [phone.join(link)]);
    assert.equal((await ours.show()).epoch, 2);
  });

  for (const batch of [false, true]) {
    const how = batch ? "both keys at once" : "one key after the other";
    const flags = batch ? ["--open", "--batch"] : ["--open"];

    test(`ours makes a vault with phones, ${how}; either starts signings and reshares`, async () => {
      const [ours, second] = [new Ours("ours"), new Ours("second")];
      const phone = new Phone(sdk, relay.url, "Pixel 9-0f3");
      const joins = (...parties) => (link) => parties.map((party) => party.join(link));

      await ours.meet(["keygen", "Ours", "--devices", "2", ...flags], joins(phone));
      const { publicKeys } = phone.vault;
      assert.equal((await ours.show()).public_key_eddsa, publicKeys.eddsa);
      assert.equal((await ours.show()).public_key_ecdsa, publicKeys.ecdsa);

      // Ours asks, the phone takes part; and the other way round.
      const words = ["keysign", "Ours", "--message", "hello", "--chain"];
      for (const [chain, curve] of [["Ethereum", "ecdsa"], ["Solana", "eddsa"]]) {
        const { ended, rest } = await ours.meet([...words, chain], joins(phone));
        assert.equal(rest[0].slice(0, 128), signature(ended).signature);
        const request = { curve, chain, message: "hello", path: PATH };
        const [made, mine] = await hosted((tell) => phone.sign(request, tell), joins(ours));
        assert.equal(made.slice(0, 128), signature(mine).signature);
      }

      // Ours brings a third device; then the phone shares anew.
      await ours.meet(["reshare", "Ours", "--devices", "3", ...flags], joins(phone, second));
      assert.equal((await second.show()).public_key_eddsa, publicKeys.eddsa);
      await hosted((tell) => phone.reshare({ devices: 3, batch }, tell), joins(ours, second));
      const shown = await ours.show();
      assert.deepEqual([shown.epoch, shown.state, shown.open], [3, "active", true]);
      assert.deepEqual(phone.vault.publicKeys, publicKeys);
      const { ended, rest } = await second.meet([...words, "Ethereum"], joins(phone));
      assert.equal(rest[0].slice(0, 128), signature(ended).signature);
    });

    // CEREMONY 11.9.
    test(`a seed phrase is imported by ours with a phone, and by a phone with ours, ${how.replace("both keys", "all keys")}`, async () => {
      const { chains, ...phrase } = JSON.parse(readFileSync(new URL("../vectors/app/key_import.json", import.meta.url)));
      const words = join(scratch, `words-${batch}`);
      writeFileSync(words, phrase.mnemonic);
      const [bitcoin, solana] = [chains.Bitcoin, chains.Solana];
      const keys = {
        ecdsa: phrase.ecdsa_master_private, chainCode: phrase.chain_code, eddsa: phrase.eddsa_scalar_le,
        chains: [["Bitcoin", bitcoin.private], ["Solana", solana.scalar_le]],
      };
      for (const starts of ["ours", "phone"]) {
        const [ours, phone] = [new Ours("ours"), new Phone(sdk, relay.url, "Pixel 9-0f3")];
        if (starts === "ours") {
          const flagged = ["--import", words, "--chain", "Bitcoin", "--chain", "Solana", ...flags];
          await ours.meet(["keygen", "Ours", "--devices", "2", ...flagged], (link) => [phone.join(link)]);
        } else {
          const start = (tell) => phone.importKeys({ name: "Ours", devices: 2, batch, keys }, tell);
          await hosted(start, (link) => [ours.join(link)]);
        }
        const shown = await ours.show();
        assert.deepEqual([shown.public_key_ecdsa, shown.imported, shown.open], [phrase.ecdsa_master_public, true, true]);
        assert.equal(phone.vault.publicKeys.eddsa, phrase.eddsa_public);
        for (const [chain, { address }] of [["Bitcoin", bitcoin], ["Solana", solana]]) {
          assert.equal(await ours.address(chain), address);
          const asked = ["keysign", "Ours", "--hash", DIGEST, "--chain", chain];
          const told = { curve: chain === "Solana" ? "eddsa" : "ecdsa", chain, digest: Buffer.from(DIGEST, "hex") };
          const { ended, rest } = await ours.meet(asked, (link) => [phone.join(link, told)]);
          assert.equal(rest[0].slice(0, 128), signature(ended).signature);
          assert.equal(signature(ended).public_key, chains[chain].public);
        }
        const request = { curve: "eddsa", chain: "Solana", message: "hello" };
        const [made, mine] = await hosted((tell) => phone.sign(request, tell), (link) => [ours.join(link)]);
        assert.equal(made.slice(0, 128), signature(mine).signature);
      }
    });

    // CEREMONY 5: what a phone loses while it is slow is sent again by ours. Between two phones nobody does that.
    test(`a slow phone makes a vault and shares it anew with ours, ${how}`, async () => {
      const [ours, second] = [new Ours("ours"), new Ours("second")];
      const phone = new Phone(sdk, relay.url, "Pixel 9-0f3", { slowness: 60 });
      await ours.meet(["keygen", "Ours", "--devices", "2", ...flags], (link) => [phone.join(link)]);
      const start = (tell) => phone.reshare({ devices: 3, batch }, tell);
      await hosted(start, (link) => [ours.join(link), second.join(link)]);
      const shown = await second.show();
      assert.deepEqual([shown.threshold, shown.state], [2, "active"]);
      assert.equal(shown.public_key_eddsa, phone.vault.publicKeys.eddsa);
      assert.equal((await ours.show()).epoch, 2);
    });

    test(`a phone makes a vault with ours and another phone, ${how}`, async () => {
      const ours = new Ours("ours");
      const phones = ["iPhone von Zoë-1b2", "Pixel+9-7c1"].map((name) => new Phone(sdk, relay.url, name, { sorts: true }));
      const start = (tell) => phones[0].keygen({ name: "Ours", devices: 3, batch }, tell);
      await hosted(start, (link) => [ours.join(link), phones[1].join(link)]);
      const shown = await ours.show();
      assert.equal(shown.public_key_ecdsa, phones[1].vault.publicKeys.ecdsa);
      const { ended } = await ours.meet(["keysign", "Ours", "--message", "hello"], (link) => [phones[1].join(link)]);
      assert.ok(signature(ended));
    });
  }
});
