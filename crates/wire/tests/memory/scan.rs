//! A process reads its own memory, as Linux shows it.

use std::collections::BTreeMap;
use std::fs::{File, read_to_string};
use std::io::ErrorKind;
use std::ops::Range;
use std::os::unix::fs::FileExt;

use crate::needles::Needles;

/// Where something was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    Heap,
    Stack,
}

/// How much was searched, and what of which needle lies where.
#[derive(Default)]
pub(crate) struct Report {
    pub(crate) bytes: usize,
    pub(crate) finds: BTreeMap<(Place, String), usize>,
}

impl Report {
    pub(crate) fn count(&self, place: Place) -> usize {
        self.finds.iter().filter(|((at, _), _)| *at == place).map(|(_, count)| count).sum()
    }
}

/// More than the longest needle, by which pieces overlap.
const OVERLAP: usize = 128;
const PIECE: usize = 1 << 16;

/// Searches all writable memory. `stack` is an address on the stack of the thread that the sessions ran on.
pub(crate) fn search(needles: &Needles, stack: usize) -> Report {
    let memory = File::open("/proc/self/mem").unwrap();
    let mut piece = vec![0; PIECE];
    let own = piece.as_ptr() as usize..piece.as_ptr() as usize + PIECE;
    let mut report = Report::default();
    for region in writable() {
        let place = if region.contains(&stack) { Place::Stack } else { Place::Heap };
        let mut at = region.start;
        while at < region.end {
            // What this search has just read is not a second copy.
            if own.contains(&at) {
                at = own.end;
                continue;
            }
            let end = if at < own.start { region.end.min(own.start) } else { region.end };
            let len = PIECE.min(end.saturating_sub(at));
            if len == 0 {
                break;
            }
            match memory.read_at(&mut piece[..len], at as u64) {
                Ok(read) => {
                    needles.find(&piece[..read], |_, needle| {
                        *report.finds.entry((place, needle.name.clone())).or_default() += 1;
                    });
                    report.bytes += read;
                    at += if read > OVERLAP && at + read < end { read - OVERLAP } else { read };
                }
                // The kernel's own pages.
                Err(error) => {
                    assert_ne!(error.kind(), ErrorKind::PermissionDenied);
                    break;
                }
            }
        }
    }
    report
}

fn writable() -> Vec<Range<usize>> {
    let maps = read_to_string("/proc/self/maps").unwrap();
    let region = |line: &str| {
        let mut words = line.split_ascii_whitespace();
        let (range, flags) = (words.next()?, words.next()?);
        let (start, end) = range.split_once('-')?;
        let number = |digits| usize::from_str_radix(digits, 16).ok();
        flags.starts_with("rw").then_some(number(start)?..number(end)?)
    };
    maps.lines().filter_map(region).collect()
}
