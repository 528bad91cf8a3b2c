//! A link as a QR code in a terminal: two modules a character cell, and the quiet zone that scanners need.

use fast_qr::{ECL, QRBuilder};

/// Modules of empty border; the standard asks for four.
const QUIET: usize = 4;

/// Draws `link`. With colours, black on white whatever the terminal's theme; without, for a dark one.
///
/// The error is a sentence for the person who then has to use the link itself.
pub(super) fn draw(link: &str, colored: bool, width: Option<usize>) -> Result<String, String> {
    let code = QRBuilder::new(link)
        .ecl(ECL::L)
        .build()
        .map_err(|_| "The link is too long for a QR code; use the link itself.".to_owned())?;
    let modules = Modules {
        size: code.size,
        dark: &|x, y| code.data.get(y * code.size + x).is_some_and(|module| module.value()),
    };
    let side = modules.size + 2 * QUIET;
    if let Some(width) = width.filter(|&width| width < side) {
        return Err(format!(
            "The QR code needs {side} columns and this terminal has {width}; widen it, or use the link itself."
        ));
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

    #[test]
    fn a_scanner_reads_the_link_back_on_light_and_dark_terminals() {
        for colored in [true, false] {
            let picture = photograph(&draw(LINK, colored, None).unwrap(), colored);
            let (width, height) = (picture[0].len() * 4, picture.len() * 4);
            let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| {
                picture[y / 4][x / 4]
            });
            let grids = image.detect_grids();
            assert_eq!(grids.len(), 1);
            assert_eq!(grids[0].decode().unwrap().1, LINK);
        }
    }

    #[test]
    fn a_terminal_that_is_too_narrow_is_told_so() {
        assert!(draw(LINK, true, Some(20)).unwrap_err().contains("this terminal has 20"));
        assert!(draw(&"x".repeat(5_000), true, None).is_err());
    }
}
