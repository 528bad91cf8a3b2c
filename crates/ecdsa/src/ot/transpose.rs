//! Transposition of the bit matrix of the OT extension, by 64×64 blocks.

use zeroize::Zeroizing;

/// Writes bit m of row r to bit r of column m, for the first `64·B` bits of 256 rows of `W` words.
pub(super) fn transpose<const W: usize>(rows: &[[u64; W]; 256], columns: &mut [[u8; 32]]) {
    for (word, columns) in columns.as_chunks_mut::<64>().0.iter_mut().enumerate() {
        for (group, rows) in rows.as_chunks::<64>().0.iter().enumerate() {
            let mut block = Zeroizing::new([0; 64]);
            for (line, row) in block.iter_mut().zip(rows) {
                *line = row.get(word).copied().unwrap_or_default();
            }
            transpose_block(&mut block);
            for (column, line) in columns.iter_mut().zip(block.iter()) {
                if let Some(bytes) = column.as_chunks_mut().0.get_mut(group) {
                    *bytes = line.to_le_bytes();
                }
            }
        }
    }
}

/// Exchanges the off-diagonal quarters, then does the same within each quarter.
fn transpose_block(block: &mut [u64; 64]) {
    let mut width = 32;
    let mut low = u64::MAX >> width;
    while width > 0 {
        for lines in block.chunks_exact_mut(2 * width) {
            let (upper, lower) = lines.split_at_mut(width);
            for (upper, lower) in upper.iter_mut().zip(lower) {
                let difference = ((*upper >> width) ^ *lower) & low;
                *upper ^= difference << width;
                *lower ^= difference;
            }
        }
        width /= 2;
        low ^= low << width;
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::{Rng, SeedableRng};

    use super::transpose;
    use crate::ot::boxed;

    #[test]
    fn every_bit_changes_row_for_column() {
        let mut rng = ChaCha20Rng::seed_from_u64(3);
        let mut rows: Box<[[u64; 10]; 256]> = boxed([0; 10]);
        for word in rows.as_flattened_mut() {
            *word = rng.next_u64();
        }
        let mut columns = [[0; 32]; 512];
        transpose(&rows, &mut columns);
        for (r, row) in rows.iter().enumerate() {
            for (m, column) in columns.iter().enumerate() {
                assert_eq!((row[m / 64] >> (m % 64)) & 1, u64::from(column[r / 8] >> (r % 8)) & 1);
            }
        }
    }
}
