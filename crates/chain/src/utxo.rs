//! Bitcoin and its relatives: the coins that a payment spends are outputs of earlier ones.

pub(crate) mod address;
mod cash;
