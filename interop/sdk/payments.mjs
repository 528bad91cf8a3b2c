// Payments of Ethereum's family as phones ask for them and sign them: the payload that travels in a link, and every
// transaction that follows from it, hashed and put together by Trust Wallet Core.

const COIN = {
  chain: 1, ticker: 2, address: 3, contract_address: 4, decimals: [5, "number"], price_provider_id: 6,
  is_native_token: [7, "flag"], hex_public_key: 8, logo: 9,
};
const VAULT_SWAP = {
  from_address: 1, from_coin: [2, COIN], to_coin: [3, COIN], vault_address: 4, router_address: 5, from_amount: 6,
  to_amount_decimal: 7, to_amount_limit: 8, streaming_interval: 9, streaming_quantity: 10, expiration_time: [11, "number"],
  is_affiliate: [12, "flag"], fee: 13,
};
const QUOTED_TRANSACTION = {
  from: 1, to: 2, data: 3, value: 4, gas_price: 5, gas: [6, "number"], swap_fee: 7, swap_fee_chain: 8,
  swap_fee_token_id: 9, swap_fee_decimals: [10, "number"],
};
// Field numbers by name; with a kind, unless it is text.
const PAYLOAD = {
  coin: [1, COIN], to_address: 2, to_amount: 3,
  ethereum_specific: [5, { max_fee_per_gas_wei: 1, priority_fee: 2, nonce: [3, "number"], gas_limit: 4 }],
  memo: 21,
  thorchain_swap_payload: [22, VAULT_SWAP],
  mayachain_swap_payload: [23, VAULT_SWAP],
  oneinch_swap_payload: [24, {
    from_coin: [1, COIN], to_coin: [2, COIN], from_amount: 3, to_amount_decimal: 4,
    quote: [5, { dst_amount: 1, tx: [2, QUOTED_TRANSACTION] }], provider: 6,
  }],
  erc20_approve_payload: [30, { amount: 1, spender: 2 }],
  vault_public_key_ecdsa: 31, vault_local_party_id: 32, lib_type: 33,
};

// The fields of a message, as links carry them. What is empty does not travel.
export function write(payload, schema = PAYLOAD) {
  return Object.entries(schema).flatMap(([name, told]) => {
    const [number, kind] = [told].flat();
    const value = payload[name];
    if (value === undefined) return [];
    return [[number, typeof kind === "object" ? write(value, kind) : value]];
  });
}

// What the fields of a message say, by name; what has not travelled is missing.
export function read(message, schema = PAYLOAD) {
  const payload = {};
  for (const [name, told] of Object.entries(schema)) {
    const [number, kind = "text"] = [told].flat();
    if (typeof kind !== "object") payload[name] = message[kind](number);
    else if (message.message(number)) payload[name] = read(message.message(number), kind);
  }
  return payload;
}

const CHAINS = {
  Ethereum: 1, Optimism: 10, CronosChain: 25, BSC: 56, Polygon: 137, Zksync: 324, Hyperliquid: 999, Sei: 1329, Robinhood: 4663,
  Mantle: 5000, Base: 8453, Arbitrum: 42161, Avalanche: 43114, Blast: 81457,
};

const bytes = (hex) => Buffer.from(hex.replace(/^0x/, ""), "hex");

// A number as bytes, most significant first.
function big(number) {
  const hex = BigInt(number).toString(16);
  return bytes(hex.padStart(hex.length + (hex.length % 2), "0"));
}

const greater = (one, other) => (BigInt(one || 0) > BigInt(other || 0) ? one : other);

export class Payments {
  #core;
  #proto;

  // Trust Wallet Core, and its messages.
  constructor(core, proto) {
    this.#core = core;
    this.#proto = proto;
  }

  // The address of a public key, in hex.
  address(publicKey) {
    const { AnyAddress, CoinType } = this.#core;
    return AnyAddress.createWithPublicKey(this.#uncompressed(publicKey), CoinType.ethereum).description();
  }

  #uncompressed(publicKey) {
    const { PublicKey, PublicKeyType } = this.#core;
    return PublicKey.createWithData(bytes(publicKey), PublicKeyType.secp256k1).uncompressed();
  }

  // The transactions that a payload asks for, in the order of the chain: each with the hash that is signed, in hex.
  transactions(payload) {
    return this.#inputs(payload).map((input) => {
      const { CoinType, TransactionCompiler } = this.#core;
      const serialized = this.#proto.Ethereum.Proto.SigningInput.encode(input).finish();
      const image = TransactionCompiler.preImageHashes(CoinType.ethereum, serialized);
      const { dataHash, error } = this.#proto.TxCompiler.Proto.PreSigningOutput.decode(image);
      if (error) throw new Error(`no transaction: error ${error}`);
      return { input: serialized, hash: Buffer.from(dataHash).toString("hex") };
    });
  }

  // A signed transaction as it is sent to a node, in hex. The signature is r, s and the recovery id.
  assemble({ input }, signature, publicKey) {
    const { CoinType, DataVector, TransactionCompiler } = this.#core;
    const vectors = [bytes(signature), this.#uncompressed(publicKey).data()].map((data) => DataVector.createWithData(data));
    const signed = TransactionCompiler.compileWithSignatures(CoinType.ethereum, input, ...vectors);
    const { encoded, errorMessage } = this.#proto.Ethereum.Proto.SigningOutput.decode(signed);
    if (errorMessage) throw new Error(errorMessage);
    return Buffer.from(encoded).toString("hex");
  }

  // An approval comes first, and what uses it has the next nonce.
  #inputs(payload) {
    const { coin, erc20_approve_payload: approval, ethereum_specific: { nonce, ...fees } } = payload;
    const main = (number) => this.#input(coin.chain, number, fees, this.#main(payload));
    if (!approval) return [main(nonce)];
    const erc20Approve = { spender: approval.spender, amount: big(approval.amount) };
    const approve = { to: coin.contract_address, transaction: { erc20Approve } };
    return [this.#input(coin.chain, nonce, fees, approve), main(nonce + 1)];
  }

  #input(chain, nonce, fees, { to, transaction, gas, gasPrice }) {
    const { Legacy, Enveloped } = this.#proto.Ethereum.Proto.TransactionMode;
    const [limit, price] = [greater(gas, fees.gas_limit), greater(gasPrice, fees.max_fee_per_gas_wei)].map(big);
    const input = { chainId: big(CHAINS[chain]), nonce: big(nonce), gasLimit: limit, toAddress: to, transaction };
    const offer =
      chain === "BSC"
        ? { txMode: Legacy, gasPrice: price }
        : { txMode: Enveloped, maxFeePerGas: price, maxInclusionFeePerGas: big(fees.priority_fee || 0) };
    return this.#proto.Ethereum.Proto.SigningInput.create({ ...input, ...offer });
  }

  #main({ coin, to_address, to_amount, memo, ...swaps }) {
    const vaultSwap = swaps.thorchain_swap_payload ?? swaps.mayachain_swap_payload;
    if (vaultSwap) return this.#deposit(vaultSwap, memo);
    if (swaps.oneinch_swap_payload) {
      const { to, value, data, gas, gas_price: gasPrice } = swaps.oneinch_swap_payload.quote.tx;
      return { ...this.#call(to, value, bytes(data)), gas, gasPrice };
    }
    const data = memo.startsWith("0x") ? bytes(memo) : Buffer.from(memo);
    if (coin.is_native_token) return this.#call(to_address, to_amount, data);
    if (to_amount === "0" && memo.startsWith("0x")) return this.#call(to_address, 0, data);
    return { to: coin.contract_address, transaction: { erc20Transfer: { to: to_address, amount: big(to_amount) } } };
  }

  #call(to, value, data) {
    const amount = big(value || 0);
    return { to, transaction: data.length > 0 ? { contractGeneric: { amount, data } } : { transfer: { amount } } };
  }

  // A swap through a vault of another network: coin is sent to it with the memo, tokens through its router.
  #deposit(swap, memo) {
    if (swap.from_coin.is_native_token) return this.#call(swap.vault_address, swap.from_amount, Buffer.from(memo));
    const { EthereumAbi, EthereumAbiFunction } = this.#core;
    const call = EthereumAbiFunction.createWithString("depositWithExpiry");
    call.addParamAddress(bytes(swap.vault_address), false);
    call.addParamAddress(bytes(swap.from_coin.contract_address), false);
    call.addParamUInt256(big(swap.from_amount), false);
    call.addParamString(memo, false);
    call.addParamUInt256(big(swap.expiration_time), false);
    return this.#call(swap.router_address, 0, Buffer.from(EthereumAbi.encode(call)));
  }
}
