//! Seconds since 1970 as people read them.

use alloy_primitives::U256;

/// The last second in which something is good; `None` where no calendar has it.
pub(crate) fn end(seconds: U256) -> Option<u64> {
    u64::try_from(seconds).ok().filter(|seconds| *seconds <= YEAR_9999)
}

/// How long something is good.
pub(crate) fn until(seconds: U256) -> String {
    let end = moment(seconds);
    if end == NEVER { "without end".to_owned() } else { format!("until {end}") }
}

/// The last second of the year 9999.
const YEAR_9999: u64 = 253_402_300_799;
/// Later than any calendar that people use.
const NEVER: &str = "never";

/// Seconds since 1970 as a date and a time of day.
pub(crate) fn moment(seconds: U256) -> String {
    let Some(seconds) = end(seconds) else {
        return NEVER.to_owned();
    };
    let (days, of_day) = (seconds / 86_400, seconds % 86_400);
    // Howard Hinnant's `civil_from_days`: years begin in March, eras have 400 of them.
    let shifted = days + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_told_as_dates() {
        for (seconds, told) in [
            (0_u64, "1970-01-01 00:00:00 UTC"),
            (951_782_400, "2000-02-29 00:00:00 UTC"),
            (1_700_000_000, "2023-11-14 22:13:20 UTC"),
            (4_107_542_400, "2100-03-01 00:00:00 UTC"),
            (253_402_300_799, "9999-12-31 23:59:59 UTC"),
        ] {
            assert_eq!(moment(U256::from(seconds)), told);
        }
        assert_eq!(until(U256::MAX), "without end");
    }
}
