//! The container around a vault (`spec/backups.md`, `VULT 1` and `VULT 2`).

use base64::Engine as _;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::general_purpose::{GeneralPurpose, PAD, STANDARD};
use base64::engine::{DecodePaddingMode, GeneralPurposeConfig};
use quorate_core::Secret;
use quorate_core::check::{require, require_some};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::fields::{Fields, message};
use super::{Check, MAX_LEN, Scheme, Unreadable, VaultContents, cipher, legacy};

const LENIENT: GeneralPurpose = GeneralPurpose::new(&ALPHABET, PAD_OPTIONAL);
const PAD_OPTIONAL: GeneralPurposeConfig =
    PAD.with_decode_padding_mode(DecodePaddingMode::Indifferent);

/// A backup file, taken apart but not opened.
#[derive(Debug)]
pub struct Container {
    content: Content,
    /// What the content is, or what it is the ciphertext of.
    form: Form,
}

/// Not opened yet. Secret either way: a backup without a password holds its share in the open.
#[derive(Debug)]
enum Content {
    Plain(Secret<Vec<u8>>),
    Encrypted(Secret<Vec<u8>>),
}

/// What a vault was written as.
#[derive(Clone, Copy, Debug)]
enum Form {
    /// A protobuf message, in a container.
    Message,
    /// JSON, without a container.
    Json,
}

/// What a backup holds, and how it was kept.
#[derive(Debug)]
pub struct Opened {
    /// The vault.
    pub vault: VaultContents,
    /// How it was encrypted.
    pub scheme: Scheme,
}

/// How a new backup is encrypted.
#[derive(Clone, Copy, Debug)]
pub enum Lock<'a> {
    /// Not at all.
    None,
    /// [`Scheme::V2`].
    V2(&'a Secret<String>),
    /// [`Scheme::V1`], for apps that read nothing later.
    V1(&'a Secret<String>),
}

impl Container {
    /// `VULT 1`: takes a file apart.
    ///
    /// # Errors
    ///
    /// The first check that failed.
    pub fn parse(file: &[u8]) -> Result<Self, Unreadable> {
        // 1.1
        require(file.len() <= MAX_LEN, Check::HasBoundedLength)?;
        // 1.2
        let Ok(_) = str::from_utf8(file) else {
            // The encrypted JSON is no text; that 28 bytes or more of ciphertext are, happens to nobody.
            let content = Content::Encrypted(secret(Zeroizing::new(file.to_vec())));
            return Ok(Self { content, form: Form::Json });
        };
        let text = without_space(file);
        let unhexed = hex::decode(&*text).map(Zeroizing::new).ok();
        if is_json(&text) || unhexed.is_some_and(|bytes| is_json(&bytes)) {
            let content = Content::Plain(secret(Zeroizing::new(file.to_vec())));
            return Ok(Self { content, form: Form::Json });
        }
        let envelope = decode(&text).and_then(|bytes| Envelope::decode(&bytes));
        require_some(envelope, Check::IsABackup, Envelope::default)?.open()
    }

    /// Whether a password is needed.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        matches!(self.content, Content::Encrypted(_))
    }

    /// `VULT 2` and `VULT 3`: decrypts and reads the vault. What is not encrypted needs no password and ignores one.
    ///
    /// # Errors
    ///
    /// The first check that failed. [`Check::Opens`] cannot tell a wrong password from a changed file.
    pub fn open(&self, password: Option<&Secret<String>>) -> Result<Opened, Unreadable> {
        let blob = match &self.content {
            Content::Plain(vault) => {
                return Ok(Opened { vault: self.read(vault.expose())?, scheme: Scheme::None });
            }
            Content::Encrypted(blob) => blob.expose(),
        };
        // 2.1
        let empty = Secret::of(String::new());
        let password = require_some(password, Check::PasswordGiven, || &empty)?;
        // 2.2
        let v2 = || Some((cipher::open_v2(blob, password)?, Scheme::V2));
        let v1 = || Some((cipher::open_v1(blob, password)?, Scheme::V1));
        if let Some((vault, scheme)) = v2().or_else(v1) {
            return Ok(Opened { vault: self.read(&vault)?, scheme });
        }
        let cbc = cipher::open_cbc(blob, password).and_then(|vault| self.read(&vault).ok());
        let vault = require_some(cbc, Check::Opens, VaultContents::default)?;
        Ok(Opened { vault, scheme: Scheme::Cbc })
    }

    fn read(&self, vault: &[u8]) -> Result<VaultContents, Unreadable> {
        match self.form {
            Form::Message => VaultContents::decode(vault),
            Form::Json => legacy::read(vault),
        }
    }
}

/// The message `VaultContainer`.
#[derive(Default)]
struct Envelope {
    version: u64,
    vault: Zeroizing<Vec<u8>>,
    is_encrypted: bool,
}

impl Envelope {
    /// `None` if it is no message, or has no vault.
    fn decode(container: &[u8]) -> Option<Self> {
        let mut envelope = Self::default();
        let mut fields = Fields::of(container);
        while let Some(field) = fields.next().ok()? {
            match field.number {
                1 => envelope.version = field.number().ok()?,
                2 => envelope.vault = Zeroizing::new(field.bytes().ok()?.to_vec()),
                3 => envelope.is_encrypted = field.number().ok()? != 0,
                _ => {}
            }
        }
        (!envelope.vault.is_empty()).then_some(envelope)
    }

    fn open(self) -> Result<Container, Unreadable> {
        // 1.3
        require(self.version == 1, Check::ContainerVersion)?;
        // Bytes that are no base64 are the vault itself: a server has written those.
        let content = decode(&without_space(&self.vault)).unwrap_or(self.vault);
        let content = secret(content);
        let content =
            if self.is_encrypted { Content::Encrypted(content) } else { Content::Plain(content) };
        Ok(Container { content, form: Form::Message })
    }
}

/// Writes a backup: the text of a `.vult` file.
///
/// Draws 28 bytes from `rng` for [`Lock::V2`], 12 for [`Lock::V1`].
#[must_use]
pub fn write(vault: &VaultContents, lock: Lock<'_>, rng: &mut dyn CryptoRng) -> Zeroizing<String> {
    let plain = vault.encode();
    let (blob, is_encrypted) = match lock {
        Lock::None => (plain, false),
        Lock::V2(password) => (cipher::seal_v2(&plain, password, rng), true),
        Lock::V1(password) => (cipher::seal_v1(&plain, password, rng), true),
    };
    let blob = Zeroizing::new(STANDARD.encode(&*blob));
    let container = message(|m| {
        m.number(1, 1);
        m.bytes(2, blob.as_bytes());
        m.number(3, is_encrypted.into());
    });
    Zeroizing::new(STANDARD.encode(&*container))
}

fn decode(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    LENIENT.decode(text).ok().map(Zeroizing::new)
}

fn is_json(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().starts_with(b"{")
}

/// Mail wraps lines, editors end them.
fn without_space(text: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut dense = Zeroizing::new(Vec::with_capacity(text.len()));
    dense.extend(text.iter().filter(|byte| !byte.is_ascii_whitespace()));
    dense
}

fn secret(mut bytes: Zeroizing<Vec<u8>>) -> Secret<Vec<u8>> {
    Secret::take(&mut *bytes)
}
