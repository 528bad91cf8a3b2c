//! A link from an image with a QR code, such as a screenshot.

use std::fs::File;
use std::io::{BufRead, BufReader, Seek};
use std::path::Path;

use png::{ColorType, Decoder, Limits, Transformations};

use crate::output::{Failure, Kind};

/// Far above any screenshot, far below what would hurt.
const MAX_BYTES: usize = 256 << 20;

/// The text of the one QR code in the PNG image `file`.
///
/// # Errors
///
/// Exit 10 if there is no such image, or not exactly one readable code in it.
pub(crate) fn link_in_image(file: &Path) -> Result<String, Failure> {
    let place = file.display();
    let invalid = |what: String| {
        Failure::new(
            Kind::Invalid,
            what,
            "take a screenshot of the whole QR code as PNG, or give the link itself",
        )
    };
    let open =
        File::open(file).map_err(|error| invalid(format!("{place} cannot be opened: {error}")))?;
    let image = Grey::read(BufReader::new(open))
        .map_err(|why| invalid(format!("{place} is no PNG image: {why}")))?;
    let mut texts = image.codes();
    match (texts.pop(), texts.is_empty()) {
        (Some(text), true) => Ok(text),
        (Some(_), false) => Err(invalid(format!("{place} shows more than one QR code"))),
        (None, _) => Err(invalid(format!("no readable QR code was found in {place}"))),
    }
}

/// An image as brightness, row by row.
struct Grey {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Grey {
    fn read(source: impl BufRead + Seek) -> Result<Self, String> {
        let mut decoder = Decoder::new_with_limits(source, Limits { bytes: MAX_BYTES });
        decoder.set_transformations(Transformations::normalize_to_color8());
        let mut reader = decoder.read_info().map_err(|error| error.to_string())?;
        let size = reader
            .output_buffer_size()
            .filter(|&size| size <= MAX_BYTES)
            .ok_or("it is too large")?;
        let mut samples = vec![0; size];
        let frame = reader.next_frame(&mut samples).map_err(|error| error.to_string())?;
        samples.truncate(frame.buffer_size());
        let (width, height) = usize::try_from(frame.width)
            .ok()
            .zip(usize::try_from(frame.height).ok())
            .ok_or("it is too large")?;
        let pixels: Vec<u8> = match frame.color_type {
            ColorType::Grayscale => samples,
            ColorType::GrayscaleAlpha => {
                samples.as_chunks().0.iter().map(|&[l, a]| on_white(l, a)).collect()
            }
            ColorType::Rgb => {
                samples.as_chunks().0.iter().map(|&[r, g, b]| brightness(r, g, b)).collect()
            }
            ColorType::Rgba => samples
                .as_chunks()
                .0
                .iter()
                .map(|&[r, g, b, a]| on_white(brightness(r, g, b), a))
                .collect(),
            ColorType::Indexed => return Err("its palette is missing".into()),
        };
        Ok(Self { width, height, pixels })
    }

    /// Dark on light, and light on dark as some screens show it.
    fn codes(&self) -> Vec<String> {
        let upright = self.codes_seen_as(|pixel| pixel);
        if upright.is_empty() { self.codes_seen_as(|pixel| 255 - pixel) } else { upright }
    }

    fn codes_seen_as(&self, seen: impl Fn(u8) -> u8) -> Vec<String> {
        let pixel =
            |x: usize, y: usize| self.pixels.get(y * self.width + x).copied().map_or(255, &seen);
        rqrr::PreparedImage::prepare_from_greyscale(self.width, self.height, pixel)
            .detect_grids()
            .iter()
            .filter_map(|grid| grid.decode().ok())
            .map(|(_, text)| text)
            .collect()
    }
}

/// ITU-R BT.601, in whole numbers.
fn brightness(r: u8, g: u8, b: u8) -> u8 {
    let weighted = 299 * u32::from(r) + 587 * u32::from(g) + 114 * u32::from(b);
    u8::try_from(weighted / 1000).unwrap_or(u8::MAX)
}

fn on_white(light: u8, alpha: u8) -> u8 {
    let (light, alpha) = (u32::from(light), u32::from(alpha));
    u8::try_from((light * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "https://vultisig.com?type=NewVault&jsonData=AAAA";
    const SCALE: usize = 5;

    /// A picture of the link's code, four modules of border, in the given colours.
    fn picture(color: ColorType, dark: &[u8], light: &[u8]) -> Vec<u8> {
        let code = fast_qr::QRBuilder::new(LINK).build().unwrap();
        let side = (code.size + 8) * SCALE;
        let mut samples = Vec::new();
        for y in 0..side {
            for x in 0..side {
                let inside = |v: usize| (v / SCALE).checked_sub(4).filter(|&v| v < code.size);
                let is_dark = inside(x).zip(inside(y)).is_some_and(|(x, y)| code[y][x].value());
                samples.extend_from_slice(if is_dark { dark } else { light });
            }
        }
        let mut file = Vec::new();
        let side = u32::try_from(side).unwrap();
        let mut encoder = png::Encoder::new(&mut file, side, side);
        encoder.set_color(color);
        encoder.write_header().unwrap().write_image_data(&samples).unwrap();
        file
    }

    #[test]
    fn a_code_is_read_in_any_colours_that_contrast() {
        for (color, dark, light) in [
            (ColorType::Grayscale, &[0][..], &[255][..]),
            (ColorType::Grayscale, &[255][..], &[0][..]),
            (ColorType::Rgb, &[20, 30, 90], &[240, 230, 200]),
            (ColorType::Rgba, &[0, 0, 0, 255], &[0, 0, 0, 0]),
        ] {
            let image = Grey::read(std::io::Cursor::new(picture(color, dark, light))).unwrap();
            assert_eq!(image.codes(), [LINK], "{color:?} {dark:?}");
        }
    }

    #[test]
    fn what_is_no_picture_is_refused_with_its_name() {
        let failure = link_in_image(Path::new("/nowhere/at/all.png")).unwrap_err();
        assert_eq!(failure.kind, Kind::Invalid);
        assert!(failure.message.contains("/nowhere/at/all.png"));
        assert!(Grey::read(std::io::Cursor::new(b"not a picture".to_vec())).is_err());
    }
}
