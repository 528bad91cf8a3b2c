//! How often one address may call.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::time::{Duration, Instant};

/// A leaky bucket for each address that has called lately, kept as one instant: when it will have drained.
#[derive(Debug)]
pub(super) struct Rate {
    /// What one request pours in, as time to drain.
    drop: Duration,
    /// How far ahead of now a bucket may be filled.
    depth: Duration,
    drained: HashMap<IpAddr, Instant>,
}

impl Rate {
    pub(super) fn new(per_second: NonZeroU32, burst: NonZeroU32) -> Self {
        let drop = Duration::from_secs(1) / per_second.get();
        Self { drop, depth: drop * burst.get(), drained: HashMap::new() }
    }

    /// Counts one request; `false` if it is one too many.
    pub(super) fn admit(&mut self, now: Instant, address: IpAddr) -> bool {
        let drained = self.drained.entry(subscriber(address)).or_insert(now);
        let after = now.max(*drained) + self.drop;
        if after > now + self.depth {
            return false;
        }
        *drained = after;
        true
    }

    /// Forgets the addresses whose buckets are empty.
    pub(super) fn sweep(&mut self, now: Instant) {
        self.drained.retain(|_, drained| *drained > now);
    }
}

/// Whoever has an IPv6 address usually has all 2^64 that begin like it.
fn subscriber(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(per_second: u32, burst: u32) -> Rate {
        Rate::new(per_second.try_into().unwrap(), burst.try_into().unwrap())
    }

    #[test]
    fn a_burst_then_the_sustained_rate_for_each_address_alone() {
        let (mut rate, start) = (rate(10, 5), Instant::now());
        let (a, b): (IpAddr, IpAddr) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        assert_eq!((0..20).filter(|_| rate.admit(start, a)).count(), 5);
        assert!(rate.admit(start, b));
        let admitted =
            (1..=1000u64).filter(|ms| rate.admit(start + Duration::from_millis(*ms), a)).count();
        assert_eq!(admitted, 10);
    }

    #[test]
    fn idle_addresses_are_forgotten() {
        let (mut rate, start) = (rate(10, 5), Instant::now());
        assert!(rate.admit(start, "192.0.2.1".parse().unwrap()));
        rate.sweep(start);
        assert_eq!(rate.drained.len(), 1);
        rate.sweep(start + Duration::from_secs(1));
        assert!(rate.drained.is_empty());
    }

    #[test]
    fn one_subscriber_is_one_address_or_one_ipv6_network() {
        let (mut rate, now) = (rate(1, 1), Instant::now());
        assert!(rate.admit(now, "2001:db8::1".parse().unwrap()));
        assert!(!rate.admit(now, "2001:db8::2".parse().unwrap()));
        assert!(rate.admit(now, "2001:db8:0:1::1".parse().unwrap()));
        assert!(rate.admit(now, "192.0.2.1".parse().unwrap()));
        assert!(!rate.admit(now, "::ffff:192.0.2.1".parse().unwrap()));
    }
}
