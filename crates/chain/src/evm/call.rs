//! The calls that this version can put into words, whatever contract they go to (`CHAINS 2.6`).

use alloy_primitives::U256;

use super::abi::{Words, Writer};
use super::address::Address;

/// A call that is known by its function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Call {
    Transfer {
        to: Address,
        amount: U256,
    },
    TransferFrom {
        from: Address,
        to: Address,
        amount: U256,
    },
    Approve {
        spender: Address,
        amount: U256,
    },
    IncreaseAllowance {
        spender: Address,
        amount: U256,
    },
    DecreaseAllowance {
        spender: Address,
        amount: U256,
    },
    /// ERC-2612. The signature that it carries is the contract's business.
    Permit {
        owner: Address,
        spender: Address,
        amount: U256,
        deadline: U256,
    },
    ApproveAll {
        operator: Address,
        allowed: bool,
    },
    /// Coins or tokens for a vault of THORChain or MayaChain, through their router. No token is the zero address.
    Deposit(Deposit),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Deposit {
    pub(super) vault: Address,
    pub(super) asset: Address,
    pub(super) amount: U256,
    pub(super) memo: Vec<u8>,
    pub(super) expires: u64,
}

const TRANSFER: [u8; 4] = [0xa9, 0x05, 0x9c, 0xbb];
const TRANSFER_FROM: [u8; 4] = [0x23, 0xb8, 0x72, 0xdd];
const APPROVE: [u8; 4] = [0x09, 0x5e, 0xa7, 0xb3];
const INCREASE_ALLOWANCE: [u8; 4] = [0x39, 0x50, 0x93, 0x51];
const DECREASE_ALLOWANCE: [u8; 4] = [0xa4, 0x57, 0xc2, 0xd7];
const PERMIT: [u8; 4] = [0xd5, 0x05, 0xac, 0xcf];
const SET_APPROVAL_FOR_ALL: [u8; 4] = [0xa2, 0x2c, 0xb4, 0x65];
const DEPOSIT_WITH_EXPIRY: [u8; 4] = [0x44, 0xbc, 0x93, 0x7b];

impl Call {
    /// The call, if it is one of these, written in the one way that the ABI has for it.
    pub(super) fn read(data: &[u8]) -> Option<Self> {
        let of = |selector| Words::of_call(data, selector);
        if let Some(words) = of(TRANSFER).and_then(|words| words.exactly(2)) {
            return Some(Self::Transfer { to: words.address(0)?, amount: words.uint(1)? });
        }
        if let Some(words) = of(TRANSFER_FROM).and_then(|words| words.exactly(3)) {
            let (from, to) = (words.address(0)?, words.address(1)?);
            return Some(Self::TransferFrom { from, to, amount: words.uint(2)? });
        }
        if let Some(words) = of(APPROVE).and_then(|words| words.exactly(2)) {
            return Some(Self::Approve { spender: words.address(0)?, amount: words.uint(1)? });
        }
        if let Some(words) = of(INCREASE_ALLOWANCE).and_then(|words| words.exactly(2)) {
            let (spender, amount) = (words.address(0)?, words.uint(1)?);
            return Some(Self::IncreaseAllowance { spender, amount });
        }
        if let Some(words) = of(DECREASE_ALLOWANCE).and_then(|words| words.exactly(2)) {
            let (spender, amount) = (words.address(0)?, words.uint(1)?);
            return Some(Self::DecreaseAllowance { spender, amount });
        }
        if let Some(words) = of(PERMIT).and_then(|words| words.exactly(7)) {
            let (owner, spender) = (words.address(0)?, words.address(1)?);
            let (amount, deadline) = (words.uint(2)?, words.uint(3)?);
            return Some(Self::Permit { owner, spender, amount, deadline });
        }
        if let Some(words) = of(SET_APPROVAL_FOR_ALL).and_then(|words| words.exactly(2)) {
            return Some(Self::ApproveAll {
                operator: words.address(0)?,
                allowed: words.truth(1)?,
            });
        }
        let words = of(DEPOSIT_WITH_EXPIRY)?;
        let deposit = Deposit {
            vault: words.address(0)?,
            asset: words.address(1)?,
            amount: words.uint(2)?,
            memo: words.bytes(3)?.to_vec(),
            expires: words.small(4)?,
        };
        (deposit.data() == data).then_some(Self::Deposit(deposit))
    }
}

/// `transfer(address,uint256)`.
pub fn transfer(to: Address, amount: U256) -> Vec<u8> {
    Writer::call(TRANSFER).address(to).uint(amount).data()
}

/// `approve(address,uint256)`.
pub(super) fn approve(spender: Address, amount: U256) -> Vec<u8> {
    Writer::call(APPROVE).address(spender).uint(amount).data()
}

impl Deposit {
    /// `depositWithExpiry(address,address,uint256,string,uint256)`.
    pub(super) fn data(&self) -> Vec<u8> {
        // Behind the five words of the arguments.
        const MEMO_AT: u64 = 5 * 32;
        Writer::call(DEPOSIT_WITH_EXPIRY)
            .address(self.vault)
            .address(self.asset)
            .uint(self.amount)
            .uint(U256::from(MEMO_AT))
            .uint(U256::from(self.expires))
            .tail(&self.memo)
            .data()
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::keccak256;

    use super::*;

    fn address(last: u8) -> Address {
        let mut bytes = [0; 20];
        bytes[19] = last;
        Address(bytes.into())
    }

    #[test]
    fn every_selector_is_that_of_its_function() {
        for (selector, signature) in [
            (TRANSFER, "transfer(address,uint256)"),
            (TRANSFER_FROM, "transferFrom(address,address,uint256)"),
            (APPROVE, "approve(address,uint256)"),
            (INCREASE_ALLOWANCE, "increaseAllowance(address,uint256)"),
            (DECREASE_ALLOWANCE, "decreaseAllowance(address,uint256)"),
            (PERMIT, "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)"),
            (SET_APPROVAL_FOR_ALL, "setApprovalForAll(address,bool)"),
            (DEPOSIT_WITH_EXPIRY, "depositWithExpiry(address,address,uint256,string,uint256)"),
        ] {
            assert_eq!(selector, keccak256(signature)[..4], "{signature}");
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let (to, amount) = (address(7), U256::from(5));
        assert_eq!(Call::read(&transfer(to, amount)), Some(Call::Transfer { to, amount }));
        let spender = to;
        assert_eq!(Call::read(&approve(spender, amount)), Some(Call::Approve { spender, amount }));
        for memo in [&b""[..], b"=:r:thor1", &[b'x'; 32], &[b'y'; 33]] {
            let deposit = Deposit {
                vault: address(1),
                asset: address(2),
                amount,
                memo: memo.to_vec(),
                expires: 9,
            };
            assert_eq!(Call::read(&deposit.data()), Some(Call::Deposit(deposit)));
        }
    }

    #[test]
    fn what_could_mean_something_else_is_not_read() {
        let good = transfer(address(7), U256::from(5));
        let longer = [good.as_slice(), &[0]].concat();
        let mut dirty = good.clone();
        dirty[4] = 1;
        for data in [&longer, &dirty, &good[..67].to_vec(), &good[..4].to_vec(), &vec![]] {
            assert_eq!(Call::read(data), None);
        }
        let all = Writer::call(SET_APPROVAL_FOR_ALL).address(address(1)).uint(U256::from(2)).data();
        assert_eq!(Call::read(&all), None);
        let mut deposit = Deposit {
            vault: address(1),
            asset: address(2),
            amount: U256::from(1),
            memo: b"x".to_vec(),
            expires: 9,
        }
        .data();
        *deposit.last_mut().unwrap() = 1;
        assert_eq!(Call::read(&deposit), None, "something is hidden behind the memo");
    }
}
