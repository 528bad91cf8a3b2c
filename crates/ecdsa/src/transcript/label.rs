//! Every domain label of the protocol.
//!
//! Label `n` is eight bytes: `u16be(1) || u48be(n)`. The leading 1 is the version of the protocol.

/// A label, as Merlin and the hashes of the protocol take it.
pub(crate) type Label = &'static [u8; 8];

macro_rules! labels {
    ($($number:literal $name:ident $meaning:literal)*) => {
        $(
            #[doc = $meaning]
            pub(crate) const $name: Label = &numbered($number);
        )*

        #[cfg(test)]
        pub(super) const ALL: &[(u8, Label)] = &[$(($number, $name)),*];
    };
}

const fn numbered(n: u8) -> [u8; 8] {
    [0, 1, 0, 0, 0, 0, 0, n]
}

labels! {
    1 DLOG_CHALLENGE "Challenge of a proof of knowledge of a discrete logarithm."
    2 BASE_OT "Base OT: hashing to the curve, and keys."
    3 PPRF "All-but-one OT."
    4 PPRF_EXPAND "All-but-one OT: a node becomes two."
    5 PPRF_DIGEST "All-but-one OT: digest over the leaves of a tree."
    6 PPRF_LEAF "All-but-one OT: what a leaf contributes to the digest."
    7 EXTENSION "OT extension."
    8 EXTENSION_EXPAND "OT extension: a leaf becomes a row."
    9 EXTENSION_DIGEST "OT extension: digest of the matrix."
    10 EXTENSION_OUTPUT "OT extension: a column becomes a pad."
    11 RVOLE_GADGET "Vector OLE: the gadget vector."
    12 RVOLE_THETA "Vector OLE: coefficients of the consistency check."
    13 RVOLE_MU "Vector OLE: digest of the consistency check."
    100 DKG "Key generation: domain."
    101 DKG_COMMITMENT_1 "Key generation: commitment to the polynomial."
    102 DKG_COMMITMENT_2 "Key generation: commitment to the chain code contribution."
    103 DKG_PROOF_1 "Key generation: proofs of the coefficients."
    104 DKG_PROOF_2 "Key generation: proof of the share."
    105 DKG_CHAIN_CODE "Key generation: session id that binds the chain code."
    106 QC "Quorum change: domain."
    107 QC_COMMITMENT_1 "Quorum change: commitment to the polynomial."
    108 QC_COMMITMENT_2 "Quorum change: commitment to a dealt share."
    200 DSG "Signing: domain."
    201 DSG_COMMITMENT "Signing: commitment to the nonce."
    202 DSG_DIGEST "Signing: digest of the first round."
    203 DSG_MTA "Signing: session id of one multiplication."
    204 DSG_ZERO_SHARE "Signing: shares of zero."
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{ALL, DSG_ZERO_SHARE};

    #[test]
    fn no_two_purposes_share_a_label() {
        let distinct: BTreeSet<_> = ALL.iter().map(|(_, label)| label).collect();
        assert_eq!(distinct.len(), ALL.len());
    }

    #[test]
    fn a_label_is_the_version_and_the_number_big_endian() {
        assert_eq!(DSG_ZERO_SHARE, &[0, 1, 0, 0, 0, 0, 0, 204]);
        for (n, label) in ALL {
            assert_eq!(u64::from_be_bytes(**label), (1 << 48) | u64::from(*n));
        }
    }
}
