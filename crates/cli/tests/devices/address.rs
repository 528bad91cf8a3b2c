//! Addresses as QR codes.

use super::process::quorate;
use super::stage::{Device, PASSPHRASE, Stage, VAULT};

/// What the device prints for a person.
fn printed(device: &Device, words: &[&str]) -> String {
    let mut command = quorate(words);
    command.args(["--device", &device.name, "--home"]).arg(&device.home);
    let output =
        command.env("QUORATE_PASSPHRASE", PASSPHRASE).output().expect("the program starts");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// What a camera reads in a drawing whose blocks are light on a dark screen.
fn scanned(drawing: &[&str]) -> String {
    let half = |line: &str, full: char| -> Vec<u8> {
        line.chars().map(|c| if c == '█' || c == full { 255 } else { 0 }).collect()
    };
    let picture: Vec<Vec<u8>> =
        drawing.iter().flat_map(|line| [half(line, '▀'), half(line, '▄')]).collect();
    let (width, height) = (picture[0].len() * 4, picture.len() * 4);
    let seen = |x: usize, y: usize| picture[y / 4][x / 4];
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, seen);
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1, "{drawing:#?}");
    grids[0].decode().expect("a code").1
}

#[test]
fn an_address_is_drawn_as_a_code_that_holds_the_address_alone() {
    let stage = Stage::new();
    let [a, _, _] = stage.vault();
    for chain in ["Ethereum", "Bitcoin", "Ton"] {
        let printed = printed(&a, &["address", VAULT, chain, "--qr"]);
        let lines: Vec<&str> = printed.lines().collect();
        let (line, drawing) = lines.split_first().expect("lines");
        let address = a.address_on(chain);
        assert_eq!(*line, format!("{chain}  {address}"));
        assert_eq!(scanned(drawing), address);
    }
    let both = printed(&a, &["address", VAULT, "Ethereum", "Solana", "--qr"]);
    let codes: Vec<&str> = both.lines().filter(|line| line.contains('█')).collect();
    assert!(codes.len() > 30, "one for each: {both}");
    // A program reads the address, not a picture.
    let ended = a.run(&["address", VAULT, "Bitcoin", "--qr"]);
    assert_eq!(ended.data()["addresses"].as_array().expect("a list").len(), 1);
    a.run(&["address", VAULT, "--qr"]).failed(2, &[]);
}
