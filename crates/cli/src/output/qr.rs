//! A link or an address as a QR code in a terminal: two modules a character cell, and the quiet zone that scanners need.

use fast_qr::{ECL, QRBuilder};

/// Modules of empty border; the standard asks for four.
const QUIET: usize = 4;

/// Why there is no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoCode {
    /// No code holds so much.
    TooLong,
    /// It would wrap, and nobody could scan it.
    TooNarrow {
        /// Columns that it takes.
        needed: usize,
        /// Columns of the terminal.
        there: usize,
    },
}

/// Draws `text`. With colours, black on white whatever the terminal's theme; without, for a dark one.
pub(super) fn draw(text: &str, colored: bool, width: Option<usize>) -> Result<String, NoCode> {
    let code = QRBuilder::new(text).ecl(ECL::L).build().map_err(|_| NoCode::TooLong)?;
    let modules = Modules {
        size: code.size,
        dark: &|x, y| code.data.get(y * code.size + x).is_some_and(|module| module.value()),
    };
    let side = modules.size + 2 * QUIET;
    if let Some(there) = width.filter(|&width| width < side) {
        return Err(NoCode::TooNarrow { needed: side, there });
    }
    Ok(modules.draw(colored))
}

struct Modules<'a> {
    size: usize,
    dark: &'a dyn Fn(usize, usize) -> bool,
}

impl Modules<'_> {
    fn draw(&self, colored: bool) -> String {
        let side = self.size + 2 * QUIET;
        let mut drawing = String::new();
        for y in (0..side).step_by(2) {
            if y > 0 {
                drawing.push('\n');
            }
            if colored {
                drawing.push_str("\x1b[38;5;16;48;5;231m");
            }
            for x in 0..side {
                // Without colours the block is the light one: the terminal's background is taken for dark.
                let upper = self.is_dark(x, y) == colored;
                let lower = if y + 1 < side { self.is_dark(x, y + 1) == colored } else { false };
                drawing.push(match (upper, lower) {
                    (true, true) => '█',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (false, false) => ' ',
                });
            }
            if colored {
                drawing.push_str("\x1b[0m");
            }
        }
        drawing
    }

    /// In coordinates that begin in the quiet zone.
    fn is_dark(&self, x: usize, y: usize) -> bool {
        let inside = |v: usize| v.checked_sub(QUIET).filter(|&v| v < self.size);
        inside(x).zip(inside(y)).is_some_and(|(x, y)| (self.dark)(x, y))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "https://vultisig.com?type=NewVault&tssType=Keygen&jsonData=/Td6WFoAAAFpIt42AwDmAd4BIQEcAAAA==";

    /// What a camera sees of the drawing: luminance by cell halves.
    fn photograph(drawing: &str, colored: bool) -> Vec<Vec<u8>> {
        let ink = if colored { 0 } else { 255 };
        let paper = 255 - ink;
        let mut rows = Vec::new();
        for line in drawing.lines() {
            let line =
                line.trim_start_matches("\x1b[38;5;16;48;5;231m").trim_end_matches("\x1b[0m");
            let half = |full: char| {
                line.chars()
                    .map(|c| if c == '█' || c == full { ink } else { paper })
                    .collect::<Vec<u8>>()
            };
            rows.push(half('▀'));
            rows.push(half('▄'));
        }
        rows
    }

    /// What a scanner reads in the drawing.
    fn scanned(drawing: &str, colored: bool) -> String {
        let picture = photograph(drawing, colored);
        let (width, height) = (picture[0].len() * 4, picture.len() * 4);
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| {
            picture[y / 4][x / 4]
        });
        let grids = image.detect_grids();
        assert_eq!(grids.len(), 1);
        grids[0].decode().unwrap().1
    }

    #[test]
    fn a_scanner_reads_links_and_addresses_back_on_light_and_dark_terminals() {
        let addresses = [
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
            "UQBGB4D4eYVTm_GJzUpTUWmB3XiVDSZMwC6aeF3aBc5Hbp9A",
            "addr1v8fet8gavr6elqt6q50skkjf025zthqu6vr56l5k39sp9aqlvz2g4",
        ];
        for text in addresses.into_iter().chain([LINK]) {
            for colored in [true, false] {
                assert_eq!(scanned(&draw(text, colored, None).unwrap(), colored), text);
            }
        }
    }

    #[test]
    fn a_terminal_that_is_too_narrow_gets_no_code() {
        let narrow = draw(LINK, true, Some(20)).unwrap_err();
        assert!(matches!(narrow, NoCode::TooNarrow { there: 20, needed } if needed > 20));
        assert_eq!(draw(&"x".repeat(5_000), true, None), Err(NoCode::TooLong));
    }
}
