// Payments of Ethereum's family that our devices and phones make together: each reads the payload and hashes the
// transactions for itself, the phones with Trust Wallet Core, and a development chain executes what they sign.
//
//   QUORATE_SDK=DIR QUORATE=PROGRAM QUORATE_ANVIL=PROGRAM node --test evm.test.mjs

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, test } from "node:test";

import { Ours, close, hosted, open, relay, sdk } from "./devices.mjs";
import { Node, place, word } from "./node.mjs";
import { Phone } from "./sdk/phone.mjs";

const ETHER = 10n ** 18n;
const SOMEBODY = "0x17c5185167401eD00cF5F5b2fc97D9BBfDb7D025";
let ethereum, bsc;

before(async () => {
  [ethereum, bsc] = await Promise.all([Node.start(1), Node.start(56)]);
  await open(ethereum.url, bsc.url);
});

after(() => {
  for (const node of [ethereum, bsc]) node?.stop();
  close();
});

// What a phone asks for. Fees are what any chain of a test takes.
function payload(phone, { chain = "Ethereum", nonce = 0, token, decimals = 18, gas = "600000", ...rest }) {
  const of = { chain, ...phone.account() };
  const coin = token
    ? { ...of, ticker: "TOK", contract_address: token, decimals, is_native_token: false }
    : { ...of, ticker: chain === "BSC" ? "BNB" : "ETH", decimals: 18, is_native_token: true };
  const fees = { max_fee_per_gas_wei: "30000000000", priority_fee: "1000000000", nonce, gas_limit: gas };
  return { coin, to_amount: "0", ethereum_specific: fees, memo: "", ...rest };
}

// An aggregator's swap of one token for another, and the approval before it.
function swap(phone, { sold, bought, router, amount, nonce }) {
  const asked = payload(phone, { token: sold, decimals: 6, nonce, to_address: router, to_amount: String(amount) });
  const data = `0x8a0ccd56${place(sold)}${word(amount)}${place(bought)}${word(amount)}`;
  const tx = { from: asked.coin.address, to: router, data, value: "0", gas_price: "31000000000", gas: 300_000 };
  const oneinch_swap_payload = {
    from_coin: asked.coin, to_coin: { ...asked.coin, contract_address: bought, ticker: "BOT" }, from_amount: String(amount),
    to_amount_decimal: "1", quote: { dst_amount: String(amount), tx }, provider: "1inch",
  };
  return { ...asked, oneinch_swap_payload, erc20_approve_payload: { amount: String(amount), spender: router } };
}

// A swap of tokens through a vault of THORChain, and the approval before it.
function deposit(phone, { sold, router, vault, amount, nonce }) {
  const asked = payload(phone, { token: sold, decimals: 6, nonce, to_address: router, to_amount: String(amount) });
  const memo = "=:r:thor1l3e9pgs3mmwuwrh95fecme0s0qtn28800dtqux:0/1/0:v0:50";
  const rune = { chain: "THORChain", ticker: "RUNE", address: "thor1l3e9pgs3mmwuwrh95fecme0s0qtn28800dtqux", decimals: 8 };
  const thorchain_swap_payload = {
    from_address: asked.coin.address, from_coin: asked.coin, to_coin: { ...rune, is_native_token: true }, vault_address: vault,
    router_address: router, from_amount: String(amount), to_amount_decimal: "1", to_amount_limit: "0",
    streaming_interval: "1", streaming_quantity: "0", expiration_time: 4_000_000_000, is_affiliate: false,
  };
  return { ...asked, memo, thorchain_swap_payload, erc20_approve_payload: { amount: String(amount), spender: router } };
}

// A vault that a phone has with `other`, and coins for it.
async function vault(phone, other) {
  await hosted((tell) => phone.keygen({ name: "Ours", devices: 2, batch: true }, tell), (link) => [other.join(link)]);
  const { address } = phone.account();
  await Promise.all([ethereum, bsc].map((node) => node.fund(address, ETHER)));
  return address;
}

// A phone starts a payment; the chain executes it.
async function pay(phone, other, asked, node = ethereum) {
  const [raw, joined] = await hosted((tell) => phone.pay({ payload: asked }, tell), (link) => [other.join(link)]);
  for (const each of raw) await node.publish(each);
  return { raw, joined };
}

describe("payments", () => {
  test("phones pay, call, send tokens, and swap with an approval", async () => {
    const [one, other] = ["Pixel 9-0f3", "iPhone-1b2"].map((name) => new Phone(sdk, relay.url, name));
    const address = await vault(one, other);
    const router = await ethereum.router();
    const sold = await ethereum.token("Sold", "TOK", 18, [address], 1_000n);
    const bought = await ethereum.token("Bought", "BOT", 18, [router], 1_000n);

    const payments = [
      [payload(one, { to_address: SOMEBODY, to_amount: String(ETHER / 10n), memo: "0xc0ffee" })],
      [payload(one, { nonce: 1, token: sold, to_address: SOMEBODY, to_amount: "5" })],
      [swap(one, { nonce: 2, sold, bought, router, amount: 300n })],
      [payload(one, { chain: "BSC", to_address: SOMEBODY, to_amount: "7" }), bsc],
    ];
    for (const [asked, node] of payments) {
      const { raw, joined } = await pay(one, other, asked, node);
      assert.deepEqual(raw, joined);
    }
    assert.equal(await ethereum.balance(SOMEBODY), ETHER / 10n);
    assert.equal(await ethereum.tokens(sold, SOMEBODY), 5n);
    assert.equal(await ethereum.tokens(bought, address), 300n);
    assert.equal(await bsc.balance(SOMEBODY), 7n);
  });

  test("ours follows what a phone starts, and shows what it does", async () => {
    const [phone, ours] = [new Phone(sdk, relay.url, "Pixel 9-0f3"), new Ours("ours")];
    const somebody = "0x00000000000000000000000000000000000a11ce";
    const address = await vault(phone, ours);
    const router = await ethereum.router();
    const sold = await ethereum.token("Sold", "TOK", 6, [address], 1_000_000n);
    const bought = await ethereum.token("Bought", "BOT", 6, [router], 1_000_000n);

    // Each is shown, one signing after the other signed by both, and executed.
    const shows = async (asked, words, node) => {
      const { raw, joined } = await pay(phone, ours, asked, node);
      const { summary } = joined.events.find(({ event }) => event === "approve");
      for (const word of words) assert.match(summary, word);
      return raw.length;
    };
    const of = (address) => new RegExp(address, "i");
    const asks = (nonce, rest) => payload(phone, { nonce, to_address: somebody, ...rest });
    const quarter = String(ETHER / 4n);
    const text = asks(0, { to_amount: quarter, memo: "for the bread" });
    assert.equal(await shows(text, [/0\.25 ETH/, of(somebody), /for the bread/]), 1);
    const data = asks(1, { to_amount: quarter, memo: "0xc0ffee" });
    assert.equal(await shows(data, [/0\.25 ETH/, of(somebody), /3 bytes/, /BLIND/]), 1);
    assert.equal(await ethereum.balance(somebody), ETHER / 2n);

    // Too long for a link: the payload lies at the relay.
    const long = asks(2, { memo: `0x${randomBytes(3_000).toString("hex")}` });
    assert.equal(await shows(long, [/3000 bytes/, /BLIND/]), 1);

    const tokens = asks(3, { token: sold, decimals: 6, to_amount: "5" });
    assert.equal(await shows(tokens, [of(`send 5 base units of the token ${sold}`), of(somebody)]), 1);
    assert.equal(await ethereum.tokens(sold, somebody), 5n);

    // Two transactions each.
    const allows = (amount) => of(`allow ${router} to take ${amount} base units of the token ${sold}`);
    const swapped = swap(phone, { nonce: 4, sold, bought, router, amount: 300n });
    assert.equal(await shows(swapped, [allows(300), of(`call the function 0x8a0ccd56 of ${router}`), /BLIND/]), 2);
    assert.equal(await ethereum.tokens(bought, address), 300n);
    const deposited = deposit(phone, { nonce: 6, sold, router, vault: somebody, amount: 70n });
    assert.equal(await shows(deposited, [allows(70), of(somebody), /=:r:thor1/]), 2);
    assert.equal(await ethereum.tokens(sold, somebody), 75n);
    assert.equal(await ethereum.allowance(sold, address, router), 0n);
    assert.equal(await ethereum.nonce(address), 8);

    const legacy = payload(phone, { chain: "BSC", to_address: somebody, to_amount: String(ETHER / 8n) });
    assert.equal(await shows(legacy, [/0\.125 BNB/], bsc), 1);
    assert.equal(await bsc.balance(somebody), ETHER / 8n);
  });

  test("a phone follows what ours starts, and signs only what it has computed for itself", async () => {
    const [phone, ours] = [new Phone(sdk, relay.url, "Pixel 9-0f3"), new Ours("ours")];
    const somebody = "0x0000000000000000000000000000000000000b0b";
    const address = await vault(phone, ours);
    const token = await ethereum.token("Tether", "TOK", 6, [address], 1_000_000n);

    const transactions = async (node, ...words) => {
      const chain = node === bsc ? "BSC" : "Ethereum";
      const { rest } = await ours.meet(["send", "Ours", "--chain", chain, ...words, "--rpc", node.url], (link) => [phone.join(link)]);
      // What the phone has put together is what was sent.
      for (const raw of rest[0]) await assert.rejects(node.publish(raw), /already (imported|known)|nonce too low/);
      return rest[0].length;
    };
    const sends = async (...words) => assert.equal(await transactions(...words), 1);
    for (const node of [ethereum, bsc]) {
      await sends(node, "--to", somebody, "--amount", "0.25");
      assert.equal(await node.balance(somebody), ETHER / 4n);
    }
    await sends(ethereum, "--to", somebody, "--amount", "0.25", "--memo", "for the bread");
    assert.equal(await ethereum.balance(somebody), ETHER / 2n);
    await sends(ethereum, "--to", somebody, "--amount", "0.5", "--token", token);
    assert.equal(await ethereum.tokens(token, somebody), 500_000n);
    await sends(ethereum, "--to", token, "--data", `0x095ea7b3${place(somebody)}${word(7)}`);
    assert.equal(await ethereum.allowance(token, address, somebody), 7n);
    await sends(ethereum, "--to", somebody, "--data", `0x${randomBytes(3_000).toString("hex")}`);

    // A swap and the approval before it, in one ceremony.
    const router = await ethereum.router();
    const bought = await ethereum.token("Bought", "BOT", 6, [router], 1_000_000n);
    const swapped = `0x8a0ccd56${place(token)}${word(300_000)}${place(bought)}${word(300_000)}`;
    const takes = ["--to", router, "--data", swapped, "--token", token, "--amount", "0.3", "--gas", "300000"];
    assert.equal(await transactions(ethereum, ...takes), 2);
    assert.equal(await ethereum.tokens(bought, address), 300_000n);
    assert.equal(await ethereum.allowance(token, address, router), 0n);
  });
});
