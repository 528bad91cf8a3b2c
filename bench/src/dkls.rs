//! The crate `dkls23`: threshold ECDSA by the paper that our ECDSA engine follows.

use std::collections::BTreeMap;

use dkls23::protocols::dkg_session::DkgSession;
use dkls23::protocols::sign_session::SignSession;
use dkls23::protocols::signing::SignData;
use dkls23::protocols::{Parameters, Party, PartyIndex};
use k256::Secp256k1;
use rand_core::{OsRng, RngCore};

use crate::{Result, Size, Took, timed};

type Share = Party<Secp256k1>;

/// Keys that have been made, by size.
#[derive(Default)]
pub(crate) struct Peer(BTreeMap<Size, Vec<Share>>);

impl Peer {
    pub(crate) fn keygen(&mut self, size: Size) -> Result<Took> {
        let (shares, took) = timed(|| keygen(size))?;
        self.0.insert(size, shares);
        Ok(took)
    }

    pub(crate) fn sign(&mut self, size: Size) -> Result<Took> {
        if !self.0.contains_key(&size) {
            self.keygen(size)?;
        }
        let shares = self.0.get(&size).ok_or("no key")?;
        let signers: Vec<&Share> = shares.iter().take(size.threshold.into()).collect();
        let mut id = [0; 32];
        OsRng.fill_bytes(&mut id);
        Ok(timed(|| sign(&signers, &id))?.1)
    }
}

fn keygen(Size { threshold, parties }: Size) -> Result<Vec<Share>> {
    let mut id = [0; 32];
    OsRng.fill_bytes(&mut id);
    let indices: Vec<PartyIndex> = (1..=parties)
        .map(|index| PartyIndex::new(index).map_err(|error| format!("{error:?}").into()))
        .collect::<Result<_>>()?;
    let parameters = Parameters::new(threshold, parties).map_err(|error| format!("{error:?}"))?;
    let mut sessions: Vec<DkgSession<Secp256k1>> = indices
        .iter()
        .map(|index| DkgSession::new(parameters.clone(), *index, id.to_vec()))
        .collect();

    let polynomials: Vec<_> = sessions.iter().map(DkgSession::phase1).collect();
    let (mut proofs, mut zero_2, mut chain_2) = (Vec::new(), Vec::new(), BTreeMap::new());
    for ((at, session), index) in sessions.iter_mut().enumerate().zip(&indices) {
        let fragments: Vec<_> = polynomials.iter().filter_map(|row| row.get(at).copied()).collect();
        let (proof, zero, chain) =
            session.phase2(&fragments).map_err(|abort| abort.description())?;
        proofs.push(proof);
        zero_2.extend(zero);
        chain_2.insert(*index, chain);
    }
    let (mut zero_3, mut products, mut chain_3) = (Vec::new(), Vec::new(), BTreeMap::new());
    for (session, index) in sessions.iter_mut().zip(&indices) {
        let (zero, product, chain) = session.phase3().map_err(|abort| abort.description())?;
        zero_3.extend(zero);
        products.extend(product);
        chain_3.insert(*index, chain);
    }
    let mut shares = Vec::new();
    for (session, index) in sessions.into_iter().zip(&indices) {
        let zero_2: Vec<_> =
            zero_2.iter().filter(|message| message.parties.receiver == *index).cloned().collect();
        let zero_3: Vec<_> =
            zero_3.iter().filter(|message| message.parties.receiver == *index).cloned().collect();
        let products: Vec<_> =
            products.iter().filter(|message| message.parties.receiver == *index).cloned().collect();
        let made = session
            .phase4(&proofs, &zero_2, &zero_3, &products, &chain_2, &chain_3, |_| String::new());
        shares.push(made.map_err(|abort| abort.description())?.0);
    }
    Ok(shares)
}

fn sign(signers: &[&Share], id: &[u8; 32]) -> Result<()> {
    let (mut sessions, mut first) = (Vec::new(), Vec::new());
    for signer in signers {
        let counterparties = signers
            .iter()
            .map(|other| other.party_index)
            .filter(|index| *index != signer.party_index)
            .collect();
        let data = SignData { sign_id: id.to_vec(), counterparties, message_hash: [7; 32] };
        let (session, sent) =
            SignSession::new(signer, data).map_err(|abort| abort.description())?;
        sessions.push((signer.party_index, session));
        first.extend(sent);
    }
    let mut second = Vec::new();
    for (index, session) in &mut sessions {
        let received: Vec<_> =
            first.iter().filter(|message| message.parties.receiver == *index).cloned().collect();
        second.extend(session.phase2(&received).map_err(|abort| abort.description())?);
    }
    let mut third = Vec::new();
    for (index, session) in &mut sessions {
        let received: Vec<_> =
            second.iter().filter(|message| message.parties.receiver == *index).cloned().collect();
        third.push(session.phase3(&received).map_err(|abort| abort.description())?);
    }
    for (_, session) in sessions {
        session.phase4(&third, true).map_err(|abort| abort.description())?;
    }
    Ok(())
}
