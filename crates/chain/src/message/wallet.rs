//! The signature of a message in the form in which the chain's wallets hand it to an application (`CHAINS 3.6`).

use crate::chain::Chain;
use crate::key::PublicKey;

/// The form of `signature` that wallets of this chain return for a message.
///
/// `signature` is r ‖ s ‖ recovery id, or R ‖ S; `public_key` is the key that made it. The recovery id, where one belongs,
/// becomes 27 or 28.
pub fn for_wallets(chain: &Chain, public_key: PublicKey, signature: &[u8]) -> Option<Vec<u8>> {
    let (rs, id) = match signature {
        [rs @ .., id] if rs.len() == RS => (rs, Some(*id)),
        rs if rs.len() == RS => (rs, None),
        _ => return None,
    };
    chain.wallet_signature(public_key, rs, id)
}

/// The bytes of r and s, or of R and S.
const RS: usize = 64;

#[cfg(test)]
mod tests {
    use k256::ecdsa::SigningKey;

    use super::*;
    use crate::chain;

    #[test]
    fn each_family_has_its_form() {
        let key = SigningKey::from_slice(&[7; 32]).unwrap();
        let (signature, id) = key.sign_prehash_recoverable(&[9; 32]);
        let public = key.verifying_key().to_sec1_point(true);
        let public = PublicKey::Ecdsa(public.as_bytes().try_into().unwrap());
        let bytes = [&signature.to_bytes()[..], &[id.to_byte()]].concat();
        let form = |name: &str, public, bytes: &[u8]| {
            for_wallets(chain::find(name).unwrap(), public, bytes)
        };
        for name in ["Ethereum", "Base", "Tron"] {
            let formed = form(name, public, &bytes).unwrap();
            assert_eq!(formed[..64], bytes[..64]);
            assert_eq!(formed[64], id.to_byte() + 27);
        }
        for name in ["Cosmos", "THORChain", "MayaChain", "Terra"] {
            assert_eq!(form(name, public, &bytes).unwrap(), bytes[..64]);
        }
        let der = form("Ripple", public, &bytes).unwrap();
        assert_eq!(k256::ecdsa::Signature::from_der(&der).unwrap(), signature);

        let (public, bytes) = (PublicKey::Eddsa([5; 32]), [6; 64]);
        for name in ["Solana", "Ton", "Polkadot", "Bittensor", "Cardano"] {
            assert_eq!(form(name, public, &bytes).unwrap(), bytes);
        }
        assert_eq!(form("Sui", public, &bytes).unwrap(), [&[0][..], &[6; 64], &[5; 32]].concat());
    }

    #[test]
    fn what_is_no_signature_of_the_chains_key_has_no_form() {
        let public = PublicKey::Eddsa([5; 32]);
        for (name, length) in [("Ethereum", 64), ("Ripple", 0), ("Sui", 65), ("Solana", 65)] {
            let chain = chain::find(name).unwrap();
            assert_eq!(for_wallets(chain, public, &vec![1; length]), None, "{name}");
        }
        let mut odd = [1; 65];
        odd[64] = 2;
        assert_eq!(for_wallets(chain::find("Ethereum").unwrap(), public, &odd), None);
    }
}
