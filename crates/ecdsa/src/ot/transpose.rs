//! Transposition of the bit matrix of the OT extension, by 64×64 blocks, four side by side.

/// Writes bit m of row r to bit r of column m, for the first `64·B` bits of 256 rows of `W` words.
pub(super) fn transpose<const W: usize>(rows: &[[u64; W]; 256], columns: &mut [[u64; 4]]) {
    for (word, columns) in columns.as_chunks_mut::<64>().0.iter_mut().enumerate() {
        for (group, rows) in rows.as_chunks::<64>().0.iter().enumerate() {
            for (line, row) in columns.iter_mut().zip(rows) {
                if let (Some(line), Some(row)) = (line.get_mut(group), row.get(word)) {
                    *line = *row;
                }
            }
        }
        exchange::<32>(columns);
        exchange::<16>(columns);
        exchange::<8>(columns);
        exchange::<4>(columns);
        exchange::<2>(columns);
        exchange::<1>(columns);
    }
}

/// Exchanges the off-diagonal quarters of every square of `2·N` bits. Word g of all lines is a block of its own: the
/// processor takes them together.
fn exchange<const N: usize>(lines: &mut [[u64; 4]; 64]) {
    // The lower half of every 2·N bits.
    let low = u64::MAX / ((1 << N) + 1);
    for lines in lines.chunks_exact_mut(2 * N) {
        let (upper, lower) = lines.split_at_mut(N);
        for (upper, lower) in upper.as_flattened_mut().iter_mut().zip(lower.as_flattened_mut()) {
            let difference = ((*upper >> N) ^ *lower) & low;
            *upper ^= difference << N;
            *lower ^= difference;
        }
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
        let mut columns = [[0; 4]; 512];
        transpose(&rows, &mut columns);
        for (r, row) in rows.iter().enumerate() {
            for (m, column) in columns.iter().enumerate() {
                assert_eq!((row[m / 64] >> (m % 64)) & 1, (column[r / 64] >> (r % 64)) & 1);
            }
        }
    }
}
