//! The fuzzer's bytes as decisions.

/// Takes decisions off the front of the fuzzer's bytes; once they are used up, every decision is zero.
pub struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    /// Over these bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Whether everything is used up.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One byte.
    pub fn byte(&mut self) -> u8 {
        self.array::<1>()[0]
    }

    /// A number below `bound`; zero if there is none.
    pub fn below(&mut self, bound: usize) -> usize {
        if bound <= 1 {
            return 0;
        }
        let number = if bound <= 256 {
            usize::from(self.byte())
        } else {
            let [a, b, c] = self.array();
            u32::from_le_bytes([a, b, c, 0]) as usize
        };
        number % bound
    }

    /// At most 63 bytes, as many as the first one says.
    pub fn chunk(&mut self) -> &'a [u8] {
        let len = usize::from(self.byte() % 64).min(self.0.len());
        let (chunk, rest) = self.0.split_at(len);
        self.0 = rest;
        chunk
    }

    /// All that is left.
    pub fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }

    fn array<const N: usize>(&mut self) -> [u8; N] {
        let mut array = [0; N];
        let (taken, rest) = self.0.split_at(N.min(self.0.len()));
        array[..taken.len()].copy_from_slice(taken);
        self.0 = rest;
        array
    }
}
