//! `jsonData`: base64 of XZ of protobuf (`spec/links.md` 2).

use std::io::{Read as _, Write as _};

use base64::Engine as _;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::general_purpose::{GeneralPurpose, PAD, STANDARD};
use base64::engine::{DecodePaddingMode, GeneralPurposeConfig};
use lzma_rust2::{CheckType, XzOptions, XzReader, XzWriter};
use zeroize::Zeroizing;

use super::LinkError;

/// The most that jsonData may unpack to, in bytes.
pub(super) const MAX_UNPACKED: usize = 1 << 20;

/// The most memory that unpacking may use, in KiB: what a dictionary of 64 MiB needs, the largest that the
/// compressors in the field choose by themselves. It grows with the output, which is bounded.
const MAX_MEMORY: u32 = 66 << 10;

/// Links lose their padding on the way now and then.
const LENIENT: GeneralPurpose = GeneralPurpose::new(&ALPHABET, PAD_OPTIONAL);
const PAD_OPTIONAL: GeneralPurposeConfig =
    PAD.with_decode_padding_mode(DecodePaddingMode::Indifferent);

/// LINK 2.1: compresses with CRC32, as small as possible, and encodes with padding.
pub(super) fn pack(message: &[u8]) -> String {
    // Writing to a Vec does not fail.
    STANDARD.encode(compress(message).unwrap_or_default())
}

fn compress(message: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut options = XzOptions::with_preset(9);
    options.set_check_sum_type(CheckType::Crc32);
    let needed = u32::try_from(message.len()).unwrap_or(u32::MAX).checked_next_power_of_two();
    options.lzma_options.dict_size = needed.unwrap_or(u32::MAX).clamp(1 << 12, 1 << 20);
    let mut writer = XzWriter::new(Vec::new(), options)?;
    writer.write_all(message)?;
    writer.finish()
}

/// LINK 2.2 and 2.3: decodes, with any integrity check, and stops at [`MAX_UNPACKED`].
pub(super) fn unpack(text: &str) -> Result<Zeroizing<Vec<u8>>, LinkError> {
    let packed = LENIENT.decode(text.trim_ascii()).map_err(|_| LinkError::Base64)?;
    let reader = XzReader::new_mem_limit(&*packed, false, MAX_MEMORY);
    let limit = u64::try_from(MAX_UNPACKED).unwrap_or(u64::MAX).saturating_add(1);
    let mut message = Zeroizing::new(Vec::new());
    reader.take(limit).read_to_end(&mut message).map_err(|_| LinkError::Compression)?;
    if message.len() > MAX_UNPACKED { Err(LinkError::Unpacked) } else { Ok(message) }
}
