//! Round 4: add up, and release nothing that does not verify.
//!
//! ```text
//! 4.1  R3 of j says p_j and fin                          else retry, names j
//! 4.2  s_j decodes                                       else retry, names j
//! 4.3  s = Σ s_j
//! 4.4  (R, s) is a signature of M under PK               else retry, suspects all others
//! ```

use curve25519_dalek::Scalar;
use quorate_core::check::{require, require_some};
use quorate_core::{Abort, FromEach};

use super::message::Round3;
use super::{Agreed, Run};
use crate::check::Check;
use crate::curve::{self, POINT_LEN};
use crate::signature::{Signature, verify_under};

/// A party that has sent its part and waits for those of the others.
pub(super) struct AwaitingPartials {
    pub(super) run: Run,
    pub(super) agreed: Agreed,
    /// enc(PK)
    pub(super) public_key: [u8; POINT_LEN],
    /// enc(R)
    pub(super) big_r: [u8; POINT_LEN],
    /// s_i. Public.
    pub(super) own: Scalar,
}

impl AwaitingPartials {
    /// Round 4.
    pub(super) fn receive(self, round3: FromEach<Round3>) -> Result<Signature, Abort<Check>> {
        let Self { run, agreed, public_key, big_r, own } = self;

        let partials = round3.check_each(|j, message| {
            // 4.1
            let same_id = agreed.party_ids.of(j) == Some(&message.party_id);
            require(same_id && message.fin == agreed.fin, Check::SignSessionKept)?;
            // 4.2
            let partial = &message.partial;
            require_some(curve::strict_scalar(partial), Check::SignPartialScalar, || {
                curve::reduce(partial)
            })
        })?;

        // 4.3
        let s = partials.values().fold(own, |sum, partial| sum + partial);
        let signature = Signature { r: big_r, s: s.to_bytes() };

        // 4.4
        let key = (&run.share.public_key, &public_key);
        let verified = verify_under(key, &run.message, &signature.to_bytes());
        require(verified, Check::SignVerifies)
            .map_err(|check| Abort::suspect(check, &run.others))?;
        Ok(signature)
    }
}
